"""Trials on faces of known dimension."""

from typing import Any

import pandas as pd

from study.report.claims.measure import TrialTable
from study.report.paper import ROWS
from study.report.paper.dimensions import SweptModels

STANDIN_FLOOR = 1700.0


def trial(family: str, latent_dim: int, distance: float, above: float = 10.0, **others: Any) -> dict[str, Any]:
    return {
        "dataset": "faces-8",
        "config_id": f"{family}{latent_dim}{others}",
        "family": family,
        "latent_dim": latent_dim,
        "frechet_factors": distance,
        "reconstruction": STANDIN_FLOOR + above,
        "reconstruction_floor": STANDIN_FLOOR,
        **others,
    }


def deterministic(*pairs: tuple[int, float]) -> list[dict[str, Any]]:
    return [trial("wae-deterministic", latent_dim, distance) for latent_dim, distance in pairs]


def gaussian(latent_dim: int, lambda_1: float, distance: float, active: float, **others: Any) -> dict[str, Any]:
    settings = {"lambda_1": lambda_1, "lambda_2": 0.0, "active_dimensions": active, **others}
    return trial("wae-gaussian", latent_dim, distance, **settings)


def models(trials: Any) -> SweptModels:
    return SweptModels.among(TrialTable.of(pd.DataFrame(trials)))


MEASURES = [
    ROWS["table1"].measures["table1-best-at-intrinsic"],
    ROWS["table1"].measures["table1-poor-below-intrinsic"],
    ROWS["figure3"].measures["figure3-active-dimensions"],
]
