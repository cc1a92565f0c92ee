import torch
from torch import nn

from models import FullyConnected
from models.networks import linear


def test_the_layers_are_those_of_the_paper() -> None:
    network = FullyConnected((1, 64, 64), 16, 1200, torch.Generator())
    sizes = {
        part: [(m.in_features, m.out_features) for m in getattr(network, part).children() if isinstance(m, nn.Linear)]
        for part in ("trunk", "decoder")
    }
    assert sizes["trunk"] == [(4096, 1200), (1200, 1200)]
    assert sizes["decoder"] == [(16, 1200), (1200, 1200), (1200, 1200), (1200, 4096)]
    assert [type(m) for m in network.trunk.children() if not isinstance(m, nn.Linear | nn.Flatten)] == [nn.ReLU] * 2
    assert [type(m) for m in network.decoder.children() if not isinstance(m, nn.Linear | nn.Unflatten)] == [nn.Tanh] * 3


def test_weights_start_glorot_uniform_and_biases_at_zero() -> None:
    layer = linear(300, 100, torch.Generator().manual_seed(0))
    bound = (6 / (300 + 100)) ** 0.5
    assert layer.weight.abs().max() <= bound
    assert abs(layer.weight.std().item() - bound / 3**0.5) < 0.01 * bound
    assert layer.bias.count_nonzero() == 0


def test_a_layer_neither_uses_nor_moves_the_global_random_state() -> None:
    layers = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        state = torch.get_rng_state()
        layers.append(linear(5, 4, torch.Generator().manual_seed(0)))
        assert torch.equal(state, torch.get_rng_state())
    assert torch.equal(layers[0].weight, layers[1].weight)
