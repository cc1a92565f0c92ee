"""Layers: how weights start, and what batch norm computes."""

import math

import pytest
import torch
from torch import nn

from study.models import DCGAN, Network, SmallConvolutional
from study.models.networks.layers import Affine, BatchNorm, convolution, doubling, linear

CONVOLUTIONAL = [DCGAN, SmallConvolutional]


@pytest.mark.parametrize(
    ("layer", "fan_in", "fan_out"),
    [
        (linear(300, 100, torch.Generator().manual_seed(0)), 300, 100),
        (convolution(30, 50, torch.Generator().manual_seed(0), size=4, stride=2), 30 * 16, 50 * 16),
        (convolution(30, 50, torch.Generator().manual_seed(0), size=3), 30 * 9, 50 * 9),
        (doubling(30, 50, torch.Generator().manual_seed(0)), 30 * 16, 50 * 16),
    ],
)
def test_weights_start_glorot_uniform_and_biases_at_zero(
    layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d, fan_in: int, fan_out: int
) -> None:
    """Glorot and Bengio 2010: uniform within ± sqrt(6 / (fan in + fan out)), as in TensorFlow's initialiser."""
    bound = math.sqrt(6 / (fan_in + fan_out))
    assert 0.99 * bound < layer.weight.abs().max() <= bound
    assert abs(layer.weight.std().item() - bound / math.sqrt(3)) < 0.01 * bound
    assert layer.bias is not None
    assert layer.bias.count_nonzero() == 0


def normalised(kind: BatchNorm, network: type[DCGAN | SmallConvolutional]) -> Network:
    return network((3, 32, 32), 5, 4, torch.Generator().manual_seed(0), batch_norm=kind)


def images(n: int = 6) -> torch.Tensor:
    return torch.rand(n, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("network", CONVOLUTIONAL)
def test_statistics_normalise_by_the_batch_in_training_and_by_what_was_gathered_after(
    network: type[DCGAN | SmallConvolutional],
) -> None:
    """The first norm of the trunk against the definition: moving averages of decay 0.9, variance n / (n - 1)."""
    made = normalised("statistics", network)
    first = next(number for number, layer in enumerate(made.trunk) if isinstance(layer, nn.BatchNorm2d))
    before = made.trunk[:first](images())
    mean, variance = before.mean(dim=(0, 2, 3)), before.var(dim=(0, 2, 3), correction=0)

    def by(mean: torch.Tensor, variance: torch.Tensor) -> torch.Tensor:
        return (before - mean[:, None, None]) / torch.sqrt(variance[:, None, None] + 1e-5)

    torch.testing.assert_close(made.trunk[: first + 1](images()), by(mean, variance))
    n = before.numel() // before.shape[1]
    running_mean, running_variance = 0.1 * mean, 0.9 + 0.1 * variance * n / (n - 1)
    made.eval()
    torch.testing.assert_close(made.trunk[: first + 1](images()), by(running_mean, running_variance))


@pytest.mark.parametrize("kind", ["statistics", "affine"])
@pytest.mark.parametrize("network", CONVOLUTIONAL)
def test_in_evaluation_an_image_is_seen_alone_and_leaves_no_trace(
    network: type[DCGAN | SmallConvolutional], kind: BatchNorm
) -> None:
    made = normalised(kind, network)
    made.trunk(images())
    made.decoder(torch.randn(6, 5))
    made.eval()
    before = {name: value.clone() for name, value in made.state_dict().items()}
    features = made.trunk(images())
    torch.testing.assert_close(features[:1], made.trunk(images()[:1]))
    assert all(torch.equal(before[name], value) for name, value in made.state_dict().items())
    training = normalised(kind, network)  # where only real batch norm sees the rest of the batch
    assert torch.allclose(training.trunk(images())[:1], training.trunk(images()[:1]), atol=1e-5) is (kind == "affine")


def test_affine_is_a_scale_and_a_shift_of_each_channel() -> None:
    layer = Affine(3)
    assert torch.equal(layer(images()), images())
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1))
        layer.bias.copy_(torch.tensor([0.0, 0.5, -1.0]).view(3, 1, 1))
    expected = images().clone()
    expected[:, 1] = 2 * expected[:, 1] + 0.5
    expected[:, 2] = 3 * expected[:, 2] - 1
    torch.testing.assert_close(layer(images()), expected)


@pytest.mark.parametrize("network", CONVOLUTIONAL)
def test_both_kinds_of_batch_norm_start_from_the_same_weights(network: type[DCGAN | SmallConvolutional]) -> None:
    one, other = (dict(normalised(kind, network).named_parameters()) for kind in ("statistics", "affine"))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name].squeeze(), other[name].squeeze()) for name in one)
    assert not list(normalised("affine", network).buffers())
