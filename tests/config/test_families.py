"""The families: which settings each has, and that its models are there."""

from typing import Any

import pytest

from study.config.trial import FAMILIES, TrialConfig
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


def test_every_family_is_in_the_table() -> None:
    assert set(RESOLVED) == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_settings_are_the_common_ones_and_those_that_the_family_has(family: str) -> None:
    made = config(family=family, beta=4)
    assert made.settings() == {**COMMON, "family": family, **RESOLVED[family]}
    for name in set(TrialConfig.model_fields) - set(made.settings()):
        assert getattr(made, name) is None
