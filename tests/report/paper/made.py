"""Answers on made-up studies of Figure 4, and tables of two families."""

from typing import Any

import pandas as pd

from study.records.folder import StudyFolder
from study.report.paper import ROWS
from study.report.paper.answers import Answer, answer
from study.report.paper.row import Reading
from study.report.read.studies import load_studies

MINE = ("figure4", "figure5", "headline")
MEASURES = {name: measure for row in MINE for name, measure in ROWS[row].measures.items()}


def answered(row: Any, *studies: StudyFolder) -> Answer:
    found = answer(load_studies([study.path for study in studies]), row)
    assert found is not None
    return found


def trials_of(study: StudyFolder) -> pd.DataFrame:
    return answered("figure4", study).evidence.trials


READINGS: tuple[Reading, ...] = ("linear", "tanh")


FOUR = [f"disentanglement_4_adagrad_run{run}" for run in (1, 2, 3)]
FIVE = [f"disentanglement_adagrad_run{run}" for run in (1, 2, 3)]


def two_families(betas: list[tuple[float, float]], waes: list[tuple[float, float]]) -> pd.DataFrame:
    """One model a setting, of which (reconstruction, score) is given; the score is that of both kinds."""
    rows = [
        {"family": family, "beta": place, "lambda_1": place, "config_id": f"{family}{place}"}
        | {"reconstruction": cost, "reconstruction_mean": cost - 2, **dict.fromkeys([*FOUR, *FIVE], score)}
        for family, settings in (("beta-vae", betas), ("wae-gaussian", waes))
        for place, (cost, score) in enumerate(settings)
    ]
    return pd.DataFrame(rows)
