"""Evidence on fading squares, made up."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from study.report.paper import ROWS
from study.report.paper.row import Evidence
from tests.report.paper.fading import Made, arrays_of


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
