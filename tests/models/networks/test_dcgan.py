"""DCGAN against its description."""

import torch

from study.models import DCGAN
from tests.models.networks.described import make, told


def test_the_dcgan_layers_are_those_of_the_thesis() -> None:
    network = make(DCGAN, (3, 64, 64), 32)
    trunk = "conv4/2 32, BN, ReLU, conv4/2 64, BN, ReLU, conv4/2 128, BN, ReLU"
    decoder = "fc 8192, ReLU, deconv4/2 64, BN, ReLU, deconv4/2 32, BN, ReLU, deconv4/2 3"
    assert ", ".join(told(network.trunk)) == trunk
    assert ", ".join(told(network.decoder)) == decoder
    assert network.n_features == 8 * 8 * 128


def test_dcgan_takes_any_multiple_of_8() -> None:
    made = make(DCGAN, (2, 8, 24), 3)
    assert made.decoder(torch.zeros(1, 5)).shape == (1, 2, 8, 24)
    assert made.trunk(torch.rand(1, 2, 8, 24)).shape == (1, 12 * 1 * 3)
