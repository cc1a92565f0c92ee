"""What only a stand-in can say, on made-up trials whose answers are known."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.report.claims.trial_columns import TrialTable
from study.report.paper import ROWS
from study.report.paper.dimensions import SweptModels, intrinsic_dimension
from study.report.paper.figure3 import active_dimensions_off
from study.report.paper.table1 import best_at_intrinsic_dimension, excess_below_intrinsic_dimension

MEASURES = [
    ROWS["table1"].measures["table1-best-at-intrinsic"],
    ROWS["table1"].measures["table1-poor-below-intrinsic"],
    ROWS["figure3"].measures["figure3-active-dimensions"],
]

FLOOR = 1700.0


def trial(family: str, latent_dim: int, distance: float, above: float = 10.0, **others: Any) -> dict[str, Any]:
    return {
        "dataset": "faces-8",
        "config_id": f"{family}{latent_dim}{others}",
        "family": family,
        "latent_dim": latent_dim,
        "frechet_factors": distance,
        "reconstruction": FLOOR + above,
        "reconstruction_floor": FLOOR,
        **others,
    }


def deterministic(*pairs: tuple[int, float]) -> list[dict[str, Any]]:
    return [trial("wae-deterministic", latent_dim, distance) for latent_dim, distance in pairs]


def gaussian(latent_dim: int, lambda_1: float, distance: float, active: float, **others: Any) -> dict[str, Any]:
    settings = {"lambda_1": lambda_1, "lambda_2": 0.0, "active_dimensions": active, **others}
    return trial("wae-gaussian", latent_dim, distance, **settings)


def models(trials: Any) -> SweptModels:
    return SweptModels.among(TrialTable.of(pd.DataFrame(trials)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("faces-8", 8), ("faces-12-64", 12), ("celeba", None), ("faces", None), ("faces-8-64-x", None)],
)
def test_the_name_says_the_dimension(name: str, expected: int | None) -> None:
    assert intrinsic_dimension(name) == expected


def test_active_dimensions_of_a_trial() -> None:
    """The median over images decides; the quantiles are least, quartiles, largest."""
    medians = np.array([-12.0, -4.0, -1.01, -0.99, 0.0, 0.1])
    quantiles = np.stack([medians - 5, medians - 1, medians, medians + 1, medians + 5])
    columns = ROWS["figure3"].columns
    assert columns is not None
    assert columns({"log_spread_quantiles": quantiles, "code_variance": np.ones(6)})["active_dimensions"] == 3.0
    assert columns({"code_variance": np.ones(6)}) == {}


def test_active_dimensions_at_the_best_penalty_of_the_largest_latent_space() -> None:
    trials = pd.DataFrame(
        [
            *deterministic((8, 0.1), (128, 2.0)),
            gaussian(128, 0.0, 0.2, 128),  # no penalty: not asked about
            gaussian(128, 0.1, 1.0, 30),
            gaussian(128, 0.3, 0.5, 9),
            gaussian(128, 0.3, 0.7, 12),
            gaussian(128, 1.0, 0.9, 5),
            gaussian(4, 0.3, 0.1, 4),
            gaussian(128, 0.0, 0.05, 99, lambda_2=0.1),
        ]
    )
    assert MEASURES[2](trials) == pytest.approx(abs((9 + 12) / 2 - 8))


def test_best_at_the_intrinsic_dimension() -> None:
    pairs = (4, 2.0), (4, 3.0), (8, 1.0), (8, 2.0), (32, 2.0), (128, 4.0)
    assert best_at_intrinsic_dimension(models(deterministic(*pairs))) == pytest.approx(1.5 / 2.0)
    worse = deterministic((4, 1.0), (8, 2.0), (32, 3.0))
    assert best_at_intrinsic_dimension(models(worse)) == 2.0


def test_reconstruction_below_the_intrinsic_dimension() -> None:
    trials = pd.DataFrame(
        [
            trial("wae-deterministic", 2, 1, above=900),
            trial("wae-deterministic", 4, 1, above=90),
            gaussian(4, 0.0, 1, 4) | {"reconstruction": FLOOR + 110},
            gaussian(4, 1.0, 1, 4) | {"reconstruction": FLOOR + 900},  # regularised: does not count
            trial("wae-deterministic", 8, 1, above=40),
            trial("wae-deterministic", 32, 1, above=20),
        ]
    )
    assert excess_below_intrinsic_dimension(models(trials)) == pytest.approx(100 / 40)


def test_nothing_is_said_of_other_data_or_of_grids_that_do_not_ask() -> None:
    free, swept = [gaussian(n, 0.0, 1.0, 4) for n in (4, 8)], [gaussian(n, 0.3, 0.5, 9) for n in (4, 128)]
    trials = pd.DataFrame([*deterministic((4, 1.0), (8, 2.0)), *free, *swept])
    for measure in MEASURES:
        assert not math.isnan(measure(trials))
        assert math.isnan(measure(trials.assign(dataset="celeba")))
    for measure in MEASURES:
        assert math.isnan(measure(trials[:0]))
    assert math.isnan(active_dimensions_off(models(deterministic((4, 1.0), (8, 2.0)))))
    assert math.isnan(active_dimensions_off(models(trials.drop(columns="active_dimensions"))))
    assert math.isnan(best_at_intrinsic_dimension(models(deterministic((8, 1.0)))))
    assert math.isnan(excess_below_intrinsic_dimension(models(deterministic((8, 1.0), (32, 1.0)))))
