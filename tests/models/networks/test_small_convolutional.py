"""The small convolutional network against its description."""

from study.models import SmallConvolutional
from tests.models.networks.described import make, told


def test_the_small_convolutional_layers_are_those_of_the_authors_code() -> None:
    network = make(SmallConvolutional, (3, 64, 64), 128)
    trunk = ", ".join(f"conv3/1 {n}, ELU, BN, pool2" for n in (128, 256, 256, 256, 256))
    up = ", ".join(f"up2, conv3/1 {n}, BN, ELU, conv3/1 {n}, BN, ELU" for n in (64, 32, 16))
    decoder = f"fc 4096, ELU, conv3/1 256, BN, ELU, conv3/1 128, BN, ELU, {up}, up2, conv3/1 3"
    assert ", ".join(told(network.trunk)) == trunk
    assert ", ".join(told(network.decoder)) == decoder
    assert network.n_features == 2 * 2 * 256
