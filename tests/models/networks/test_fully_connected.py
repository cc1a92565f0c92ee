"""The fully connected network against its description."""

import torch

from study.models import FullyConnected
from tests.models.networks.described import told


def test_the_fully_connected_layers_are_those_of_the_paper() -> None:
    network = FullyConnected((1, 64, 64), 16, 1200, torch.Generator())
    assert list(told(network.trunk)) == ["fc 1200", "ReLU"] * 2
    assert list(told(network.decoder)) == ["fc 1200", "Tanh"] * 3 + ["fc 4096"]
