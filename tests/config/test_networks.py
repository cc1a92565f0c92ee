"""The networks: which settings each has."""

import pytest

from study.config.networks import NETWORKS, networks_with
from tests.make import config


@pytest.mark.parametrize("network", NETWORKS)
def test_a_trial_has_the_settings_of_its_network_alone(network: str) -> None:
    made = config(network=network).settings()
    others = {name for each in NETWORKS.values() for name in each.settings} - set(NETWORKS[network].settings)
    assert set(NETWORKS[network].settings) <= set(made)
    assert not others & set(made)


def test_a_setting_that_no_network_declares_is_of_all() -> None:
    assert networks_with("batch_norm") == {"dcgan", "small-convolutional"}
    assert networks_with("latent_dim") == set(NETWORKS)
