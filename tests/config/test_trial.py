"""TrialConfig: what a family has and what it does not, the budget in steps, the identity that replicates share."""

from typing import Any

import pytest
from pydantic import ValidationError

from study.config.families import FAMILIES, families_with
from study.config.messages import sentence
from study.config.trial import TrialConfig, numbers, setting_names, whole_numbers
from tests.make import config


def refused(**changed: Any) -> str:
    with pytest.raises(ValidationError) as error:
        config(**changed)
    return sentence(error.value)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_family_does_not_have_is_taken_out_and_does_not_change_the_identity(family: str) -> None:
    everything = {"beta": 4, "lambda_mmd": 400, "kernel": "imq", "kernel_bandwidth": 1, "lambda_1": 0, "lambda_2": 0}
    everything |= {"lambda_gan": 10, "adversary_width": 512, "adversary_learning_rate": 5e-4}
    made = config(family=family, **everything)
    for name in everything:
        assert (name in made.settings()) == (family in families_with(name))
    assert made.config_id == config(family=family, beta=4).config_id


@pytest.mark.parametrize("family", FAMILIES)
def test_a_config_made_of_its_own_settings_is_the_same(family: str) -> None:
    made = config(family=family, beta=4)
    again = TrialConfig(**made.settings())
    assert again == made
    assert again.config_id == made.config_id


@pytest.mark.parametrize("family", FAMILIES)
def test_a_prior_is_the_familys_to_choose_only_for_a_wae(family: str) -> None:
    """A VAE compares its codes with the Gaussian in closed form, whatever a space for several families fixes."""
    expected = "uniform" if family in families_with("prior") else "gaussian"
    assert config(family=family, beta=4, prior="uniform").settings()["prior"] == expected


@pytest.mark.parametrize(
    ("budget", "steps", "images"),
    [
        ({"images": 1000, "batch_size": 100}, 10, 1000),
        ({"images": 1001, "batch_size": 100}, 11, 1100),
        ({"images": 1, "batch_size": 100}, 1, 100),
        ({"images": None, "steps": 7, "batch_size": 50}, 7, 350),
    ],
)
def test_total_steps(budget: dict[str, Any], steps: int, images: int) -> None:
    made = config(**budget)
    assert (made.total_steps, made.total_images) == (steps, images)


CHANGED: dict[str, Any] = {
    "dataset": "fading_squares",
    "family": "wae-uniform",
    "images": 1001,
    "latent_dim": 9,
    "prior": "uniform",
    "tanh_mean": False,
    "width": 1199,
    "lambda_mmd": 401,
    "kernel": "rbf",
    "kernel_bandwidth": 2,
    "lambda_1": 1,
    "lambda_2": 1,
    "batch_size": 101,
    "learning_rate": 0.002,
    "learning_rate_scaling": "sqrt",
    "learning_rate_schedule": [1.0],
    "precision": "float32",
    "network": "dcgan",
}


def test_identity_is_of_everything_but_the_seed() -> None:
    ids = {config().config_id} | {config(**{name: value}).config_id for name, value in CHANGED.items()}
    ids |= {config(images=None, steps=10).config_id, config(family="beta-vae", beta=2).config_id}
    ids |= {config(family="beta-vae", beta=3).config_id}
    ids |= {config(network="dcgan", batch_norm="affine").config_id}
    of_gan = {"lambda_gan": 11, "adversary_width": 513, "adversary_learning_rate": 6e-4}
    ids |= {config(family="wae-gan", **changed).config_id for changed in ({}, *({k: v} for k, v in of_gan.items()))}
    assert len(ids) == len(CHANGED) + 5 + 4
    untested = {"dataset", *setting_names()} - {*CHANGED, *of_gan} - {"steps", "beta", "batch_norm"}
    assert not untested
    assert config(seed=5).config_id == config().config_id
    assert len(config().config_id) == 10


def test_identity_does_not_depend_on_how_a_number_is_written() -> None:
    assert config(lambda_mmd=400, latent_dim=8.0).config_id == config(lambda_mmd=400.0, latent_dim=8).config_id


EARLIER = {
    "vae": "86379b36e8",
    "beta-vae": "14efcdbf85",
    "wae-deterministic": "8cf830063e",
    "wae-gaussian": "c0d2e348fd",
    "wae-uniform": "60dc76333f",
}


@pytest.mark.parametrize("family", EARLIER)
def test_identity_is_the_one_that_earlier_studies_have(family: str) -> None:
    assert config(family=family, beta=4).config_id == EARLIER[family]


@pytest.mark.parametrize(("network", "width"), [("fully-connected", 1200), ("dcgan", 32), ("small-convolutional", 128)])
def test_the_width_is_the_network_s_own_unless_it_is_given(network: str, width: int) -> None:
    assert config(network=network).settings()["width"] == width
    assert config(network=network, width=7).settings()["width"] == 7
    assert config(network=network).config_id == config(network=network, width=width).config_id


@pytest.mark.parametrize("network", ["dcgan", "small-convolutional"])
def test_a_convolutional_network_has_batch_norm(network: str) -> None:
    assert config(network=network).settings()["batch_norm"] == "statistics"
    assert config(network=network, batch_norm="affine").settings()["batch_norm"] == "affine"
    made = config(network=network, batch_norm="affine")
    assert TrialConfig(**made.settings()) == made


def test_a_fully_connected_network_has_no_batch_norm_whatever_a_space_for_several_fixes() -> None:
    assert "batch_norm" not in config(batch_norm="affine").settings()
    assert config(batch_norm="affine") == config()


def test_which_settings_are_numbers_is_said_by_their_types() -> None:
    assert {"seed", "images", "steps", "latent_dim", "width", "batch_size", "adversary_width"} <= whole_numbers()
    assert {
        "beta",
        "lambda_mmd",
        "kernel_bandwidth",
        "lambda_1",
        "lambda_2",
        "learning_rate",
    } <= numbers() - whole_numbers()
    texts = {"dataset", "family", "prior", "tanh_mean", "network", "batch_norm", "kernel", "precision"}
    assert not numbers() & (texts | {"learning_rate_schedule", "learning_rate_scaling"})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"images": 10, "steps": 10}, "the budget is either images or steps; received images=10, steps=10"),
        ({"images": None}, "the budget is either images or steps; received images=None, steps=None"),
        ({"family": "beta-vae"}, "beta-vae needs beta; received none"),
        ({"family": "gan"}, f"family: allowed: {', '.join(map(repr, list(FAMILIES)[:-1]))} or "
         f"{list(FAMILIES)[-1]!r}; received 'gan'"),
        ({"learning_rate_schedule": [1, 0]}, "learning_rate_schedule holds factors in (0, 1]; received [1.0, 0.0]"),
        ({"batch_size": 1}, "batch_size: must be at least 2; received 1"),
        ({"latent_dim": 5000}, "latent_dim: must be at most 4096; received 5000"),
        ({"learning_rate": 0}, "learning_rate: must be greater than 0; received 0"),
        ({"tanh_mean": "yes"}, "tanh_mean: needs true or false; received 'yes'"),
        ({"colour": 1}, "colour: unknown key"),
        ({"network": "resnet"}, "network: allowed: 'fully-connected', 'dcgan' or 'small-convolutional'; received "
         "'resnet'"),
        ({"network": ["dcgan"]}, "network: allowed: 'fully-connected', 'dcgan' or 'small-convolutional'; received "
         "['dcgan']"),
        ({"network": "dcgan", "batch_norm": "none"}, "batch_norm: allowed: 'statistics' or 'affine'; received "
         "'none'"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_is_one_sentence(changed: dict[str, Any], expected: str) -> None:
    assert refused(**changed) == expected


def test_a_config_cannot_be_changed() -> None:
    made = config()
    with pytest.raises(ValidationError, match="frozen"):
        made.seed = 3
