"""The families: which settings each has, and that its models are there."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from study.config.families import FAMILIES, OTHER, PALETTE
from study.config.trial import setting_names
from tests.colours import contrast, lab, linear
from tests.make import config

RESOLVED: dict[str, dict[str, Any]] = {
    "vae": {"prior": "gaussian", "tanh_mean": False},
    "beta-vae": {"prior": "gaussian", "tanh_mean": False, "beta": 4.0},
    "wae-deterministic": {
        "prior": "gaussian",
        "tanh_mean": True,
        "lambda_mmd": 400.0,
        "kernel": "imq",
        "kernel_bandwidth": 1.0,
    },
    "wae-gaussian": {
        "prior": "gaussian",
        "tanh_mean": True,
        "lambda_mmd": 400.0,
        "kernel": "imq",
        "kernel_bandwidth": 1.0,
        "lambda_1": 0.0,
        "lambda_2": 0.0,
    },
    "wae-uniform": {
        "prior": "uniform",
        "tanh_mean": True,
        "lambda_mmd": 400.0,
        "kernel": "imq",
        "kernel_bandwidth": 1.0,
        "lambda_1": 0.0,
        "lambda_2": 0.0,
    },
    "wae-gan": {
        "prior": "gaussian",
        "tanh_mean": True,
        "lambda_gan": 10.0,
        "adversary_width": 512,
        "adversary_learning_rate": 5e-4,
    },
}
COMMON = {
    "dataset": "dsprites",
    "seed": 0,
    "images": 1000,
    "latent_dim": 8,
    "network": "fully-connected",
    "width": 1200,
    "batch_size": 100,
    "learning_rate": 0.001,
    "learning_rate_scaling": "constant",
    "learning_rate_schedule": [1.0, 0.7, 0.3, 0.1],
    "precision": "bfloat16",
}


ORDER = ("dataset", "family", "seed", *setting_names()[1:])


def test_every_family_is_in_the_table() -> None:
    assert set(RESOLVED) == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_settings_are_the_common_ones_and_those_that_the_family_has(family: str) -> None:
    made = config(family=family, beta=4)
    assert made.settings() == {**COMMON, "family": family, **RESOLVED[family]}
    assert list(made.settings()) == [name for name in ORDER if name in made.settings()]


SIGHTS = {
    "all": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""What is seen of linear RGB without one kind of cones (Machado et al. 2009, severity 1)."""

APART = {"all": 30.0, "no red": 15.0, "no green": 15.0, "no blue": 11.0}
"""Least distances in CIELAB; about 2 can just be told apart side by side, and 10 at a glance."""


def test_distance_and_contrast_at_known_answers() -> None:
    assert lab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=1e-6)
    assert lab(linear("#ff0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.01)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_families_are_told_apart(sight: str, dark: bool) -> None:
    colours = {name: looks[dark] for name, looks in {**PALETTE, "other": OTHER}.items()}
    seen = {name: lab(SIGHTS[sight] @ linear(colour)) for name, colour in colours.items()}
    for one, other in combinations(seen, 2):
        distance = np.linalg.norm(seen[one] - seen[other])
        assert distance >= APART[sight], f"{one} and {other}: {distance:.1f}"


def test_every_family_has_a_marker_of_its_own() -> None:
    markers = [marker for _, _, marker in [*PALETTE.values(), OTHER]]
    assert len(set(markers)) == len(markers)
