"""What a family's configurations come to: Figure 4's own curve and noise, and how samplers choose among them.

A configuration is a point (u, v) of the unit square. Along u lie the nine settings of WAEs with Gaussian encoders in
`results/paper/figure4`, by their place in the grid of λ₁, with their means over seeds; between them is interpolated.
v is a second parameter, with a best value: away from it both objectives are worse. A seed adds a residual of one of
these settings' trials to both objectives.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
from numpy.typing import NDArray

from study.search.samplers import make_sampler

Array = NDArray[np.float64]

FAMILY = "wae-gaussian"
BEST = 0.6
"""The value of v that is best."""

AWAY = np.array([60.0, 0.2])
"""What both objectives lose at a distance of 1 from it, growing with its square: nats, and accuracy."""


@dataclass(frozen=True)
class Landscape:
    """All (…, 2) to be minimised: nats, and minus accuracy. `curve` (k, 2), `residuals` (r, 2).

    `worse` (2,) is added everywhere: by how much a family is worse than the measured one.
    """

    curve: Array
    residuals: Array
    worse: Array

    def expected(self, points: Array) -> Array:
        """Of configurations (n, 2) what they have on average: (n, 2)."""
        places = np.linspace(0, 1, len(self.curve))
        along = np.column_stack([np.interp(points[:, 0], places, column) for column in self.curve.T])
        return np.asarray(along + AWAY * (points[:, 1:] - BEST) ** 2 + self.worse)

    def trials(self, points: Array, rng: np.random.Generator) -> Array:
        """What a trial of each configuration (n, 2) has: (n, 2)."""
        return np.asarray(self.expected(points) + rng.choice(self.residuals, size=len(points)))

    def shifted(self, deviations: float) -> "Landscape":
        """A family that is worse on both objectives by so many standard deviations of random configurations."""
        points = np.random.default_rng(0).uniform(size=(10_000, 2))
        return Landscape(self.curve, self.residuals, self.worse + deviations * self.expected(points).std(axis=0))


def measured(folder: Path) -> Landscape:
    """The landscape of a kept study of Figure 4."""
    records = pd.read_csv(folder / "records.csv").query(f"family == '{FAMILY}' and state == 'complete'")
    values = pd.DataFrame(
        {"lambda_1": records["lambda_1"], "x": records["reconstruction"], "y": -records["disentanglement"]}
    )
    grouped = values.groupby("lambda_1")[["x", "y"]]
    seeds = grouped.size().mean()
    residuals = (values[["x", "y"]] - grouped.transform("mean")) * np.sqrt(seeds / (seeds - 1))
    return Landscape(grouped.mean().to_numpy(), residuals.to_numpy(), np.zeros(2))


def at_random(n: int, rng: np.random.Generator) -> Array:
    return rng.uniform(size=(n, 2))


def grid(n: int) -> Array:
    """n settings along u, at the best v: the same for every family."""
    return np.column_stack([np.linspace(0, 1, n), np.full(n, BEST)])


def searched(landscape: Landscape, seeds: NDArray[np.int64], number: int) -> Array:
    """TPE's study of one family: the trials (t, 2) of its configurations, each with so many seeds (n,).

    It is told each trial, as in a study with replicates.
    """
    rng = np.random.default_rng(number)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=make_sampler("tpe", number), directions=["minimize", "minimize"])
    found = []
    for replicates in seeds:
        trial = study.ask()
        point = np.array([[trial.suggest_float(name, 0, 1) for name in "uv"]])
        values = landscape.trials(np.repeat(point, replicates, axis=0), rng)
        study.tell(trial, values[0].tolist())
        study.add_trials(
            [
                optuna.trial.create_trial(values=each.tolist(), params=trial.params, distributions=trial.distributions)
                for each in values[1:]
            ]
        )
        found.append(values)
    return np.concatenate(found)
