"""The architectures against their descriptions: layers in order, sizes, starts, what batch norm computes."""

import math
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from models import DCGAN, NETWORKS, FullyConnected, Network, SmallConvolutional
from models.networks.layers import Affine, BatchNorm, convolution, doubling, linear

CONVOLUTIONAL = [DCGAN, SmallConvolutional]


def make(
    network: type[FullyConnected | DCGAN | SmallConvolutional], shape: tuple[int, int, int], width: int, seed: int = 0
) -> Network:
    return network(shape, 5, width, torch.Generator().manual_seed(seed))


def told(layers: nn.Module) -> Iterator[str]:
    """Each layer in a word: what it is, and the channels that come out of it."""
    for layer in layers.children():
        match layer:
            case nn.Conv2d() | nn.ConvTranspose2d():
                size, stride = layer.kernel_size[0], layer.stride[0]
                yield f"{'de' if isinstance(layer, nn.ConvTranspose2d) else ''}conv{size}/{stride} {layer.out_channels}"
            case nn.Linear():
                yield f"fc {layer.out_features}"
            case nn.BatchNorm2d() | Affine():
                yield "BN"
            case nn.MaxPool2d():
                yield f"pool{layer.kernel_size}"
            case nn.Upsample():
                assert layer.mode == "nearest"
                yield f"up{layer.scale_factor:g}"
            case nn.Flatten() | nn.Unflatten():
                pass
            case _:
                yield type(layer).__name__


def test_the_fully_connected_layers_are_those_of_the_paper() -> None:
    network = FullyConnected((1, 64, 64), 16, 1200, torch.Generator())
    assert list(told(network.trunk)) == ["fc 1200", "ReLU"] * 2
    assert list(told(network.decoder)) == ["fc 1200", "Tanh"] * 3 + ["fc 4096"]


def test_the_dcgan_layers_are_those_of_the_thesis() -> None:
    network = make(DCGAN, (3, 64, 64), 32)
    trunk = "conv4/2 32, BN, ReLU, conv4/2 64, BN, ReLU, conv4/2 128, BN, ReLU"
    decoder = "fc 8192, ReLU, deconv4/2 64, BN, ReLU, deconv4/2 32, BN, ReLU, deconv4/2 3"
    assert ", ".join(told(network.trunk)) == trunk
    assert ", ".join(told(network.decoder)) == decoder
    assert network.n_features == 8 * 8 * 128


def test_the_small_convolutional_layers_are_those_of_the_authors_code() -> None:
    network = make(SmallConvolutional, (3, 64, 64), 128)
    trunk = ", ".join(f"conv3/1 {n}, ELU, BN, pool2" for n in (128, 256, 256, 256, 256))
    up = ", ".join(f"up2, conv3/1 {n}, BN, ELU, conv3/1 {n}, BN, ELU" for n in (64, 32, 16))
    decoder = f"fc 4096, ELU, conv3/1 256, BN, ELU, conv3/1 128, BN, ELU, {up}, up2, conv3/1 3"
    assert ", ".join(told(network.trunk)) == trunk
    assert ", ".join(told(network.decoder)) == decoder
    assert network.n_features == 2 * 2 * 256


@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 32, 32), (3, 64, 64), (3, 32, 64)])
@pytest.mark.parametrize("width", [1, 6])
@pytest.mark.parametrize("network", NETWORKS.values())
def test_images_come_in_and_logits_go_out(
    network: type[FullyConnected | DCGAN | SmallConvolutional], shape: tuple[int, int, int], width: int
) -> None:
    made = make(network, shape, width)
    assert made.trunk(torch.rand(2, *shape)).shape == (2, made.n_features)
    assert made.decoder(torch.randn(2, 5)).shape == (2, *shape)


def test_dcgan_takes_any_multiple_of_8() -> None:
    made = make(DCGAN, (2, 8, 24), 3)
    assert made.decoder(torch.zeros(1, 5)).shape == (1, 2, 8, 24)
    assert made.trunk(torch.rand(1, 2, 8, 24)).shape == (1, 12 * 1 * 3)


@pytest.mark.parametrize(
    ("network", "shape", "message"),
    [
        (DCGAN, (3, 28, 28), "the dcgan network takes images whose sides are multiples of 8; received 28 × 28"),
        (DCGAN, (3, 64, 0), "the dcgan network takes images whose sides are multiples of 8; received 64 × 0"),
        (
            SmallConvolutional,
            (3, 64, 48),
            "the small-convolutional network takes images whose sides are multiples of 32; received 64 × 48",
        ),
    ],
)
def test_images_that_cannot_be_halved_often_enough_are_refused(
    network: type[DCGAN | SmallConvolutional], shape: tuple[int, int, int], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        make(network, shape, 4)


@pytest.mark.parametrize("network", NETWORKS.values())
def test_a_network_is_a_function_of_the_generator_alone(
    network: type[FullyConnected | DCGAN | SmallConvolutional],
) -> None:
    states = []
    for seed, global_seed in ((1, 10), (1, 20), (2, 10)):
        torch.manual_seed(global_seed)
        before = torch.get_rng_state()
        states.append(make(network, (3, 32, 32), 4, seed).state_dict())
        assert torch.equal(before, torch.get_rng_state())
    first, same, other = states
    assert all(torch.equal(first[name], same[name]) for name in first)
    drawn = [name for name in first if first[name].ndim > 1 and "bias" not in name and first[name].shape[1:] != (1, 1)]
    assert len(drawn) >= 6
    assert not any(torch.equal(first[name], other[name]) for name in drawn)


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


# Batch norm


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
