"""Tables of models and evidence that several rows are tested on."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.report.paper import ROWS
from study.report.paper.evidence import gather
from study.report.paper.row import Arrays, Evidence, Row
from study.report.read.studies import load_studies


def arrays_of(family: str, size: int = 100, seed: int = 0) -> dict[str, np.ndarray]:
    """Arrays as a model of the family would leave them that does just what the paper says."""
    rng = np.random.default_rng(seed)
    t = np.linspace(-1, 1, 1000)
    prior = rng.uniform(-1, 1, (1000, 2))
    levels = np.tile(np.linspace(0.0, 36 / 1024, 41), (41, 1))
    arrays: dict[str, np.ndarray] = {"prior_samples": prior, "plane_half_side": np.array(1.0, np.float32)}
    if family == "wae-uniform":
        means = np.stack([0 * t, t], axis=1)
        half_sides = np.stack([np.full(1000, 0.98), np.full(1000, 0.001)], axis=1)
        arrays |= {"means": means, "log_spreads": np.log(half_sides), "plane_brightness": levels.T}
        arrays["codes"] = means + half_sides * rng.uniform(-1, 1, (1000, 2))
    else:
        turns = np.log2(size) / 4
        means = np.stack([0.9 * t, 0.8 * np.sin(turns * np.pi * t)], axis=1)
        arrays |= {"means": means, "codes": means, "plane_brightness": levels}
    if family == "vae":
        arrays |= {"log_spreads": np.zeros((1000, 2)), "plane_half_side": np.array(2.5, np.float32)}
    pace = 0.02 if family == "wae-gan" else 0.002
    steps = np.arange(101)
    shifts = pace * np.stack([steps, 0 * steps], axis=1)[:, None, :]
    arrays["trajectory"] = (means[::10] + shifts).astype(np.float16)
    arrays["trajectory_step"] = 80 * steps
    arrays["plane"] = np.full((11, 11, 1, 32, 32), 90, np.uint8)
    arrays["pixel_deviation"] = rng.normal(0, 0.01, 241).astype(np.float32)
    return arrays


Made = Callable[..., Evidence]


@pytest.fixture
def made() -> Made:
    def make(row: str, families: tuple[str, ...], sizes: tuple[int, ...] = (100,), saved: bool = True) -> Evidence:
        cells = [(family, size, seed) for seed in range(2) for family in families for size in sizes]
        store = {n: arrays_of(*cell) if saved else {} for n, cell in enumerate(cells)}
        deviations = {"wae-deterministic": 0.08, "wae-uniform": 0.02, "vae": 0.01}
        reduce: Callable[[Mapping[str, np.ndarray]], dict[str, float]] = ROWS[row].columns or (lambda arrays: {})
        lines = [
            {
                **{"study": "s", "trial": n, "family": family, "batch_size": size, "replicate": seed},
                "config_id": f"{family}{size}",
                "mean_pixel_deviation": deviations.get(family, 0.05) + 0.002 * seed,
                **reduce(store[n]),
            }
            for n, (family, size, seed) in enumerate(cells)
        ]
        return Evidence(pd.DataFrame(lines), "fading_squares", None, lambda study, trial: store[trial])

    return make


def measured(evidence: Evidence, row: str) -> dict[str, float]:
    return {name: measure(evidence.trials) for name, measure in ROWS[row].measures.items()}


def models_table(seed: int, sizes: tuple[int, ...] = (3, 1, 4)) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for index, size in enumerate(sizes):
        for _ in range(size):
            row: dict[str, object] = {"config_id": f"c{index}", "family": "wae-gaussian", "lambda_1": 3.0 - index}
            row["reconstruction"] = rng.uniform(30, 200)
            for run in (1, 2, 3):
                row[f"disentanglement_adagrad_run{run}"] = rng.uniform()
                row[f"disentanglement_4_adagrad_run{run}"] = rng.uniform()
            rows.append(row)
    return pd.DataFrame(rows).sample(frac=1, random_state=seed).reset_index(drop=True)


def used(arrays: Arrays) -> dict[str, float]:
    return {"used": float(arrays["code_variance"].sum())}


ROW = Row(draw=lambda evidence, look: None, columns=used)


def gathered(*studies: StudyFolder, row: Row = ROW) -> tuple[Evidence, tuple[str, ...]]:
    return gather(load_studies([study.path for study in studies]), row)
