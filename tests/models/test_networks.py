"""The architectures against their descriptions: layers in order, sizes, starts, what batch norm computes."""

import pytest
import torch

from study.models import DCGAN, FullyConnected, SmallConvolutional
from tests.models.networks.described import make


@pytest.mark.parametrize("shape", [(1, 32, 32), (3, 32, 32), (3, 64, 64), (3, 32, 64)])
@pytest.mark.parametrize("width", [1, 6])
@pytest.mark.parametrize("network", [FullyConnected, DCGAN, SmallConvolutional])
def test_images_come_in_and_logits_go_out(
    network: type[FullyConnected | DCGAN | SmallConvolutional], shape: tuple[int, int, int], width: int
) -> None:
    made = make(network, shape, width)
    assert made.trunk(torch.rand(2, *shape)).shape == (2, made.n_features)
    assert made.decoder(torch.randn(2, 5)).shape == (2, *shape)


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


@pytest.mark.parametrize("network", [FullyConnected, DCGAN, SmallConvolutional])
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
