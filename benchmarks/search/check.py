"""How far the surrogate is like the trials that it was made of.

Compared are the measured trials with surrogate ones of the same configurations, for which the regression had not seen
the trial, and residuals are of other configurations; for the fronts, with surrogate trials drawn at random as a study
does. Trials are compared within families, as at a rung, and figures averaged over these.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks.search.measures import Yardstick
from benchmarks.search.simulation import random_configs
from benchmarks.search.surrogate import Surrogate
from benchmarks.search.values import Curves
from study.config.plan import StudyPlan
from study.pareto.dominance import non_dominated
from study.pareto.ranking import ranking

Array = NDArray[np.float64]
Figures = dict[tuple[str, str, int], float]
"""A figure by what it is, the objective, and the images."""

DRAWS = 100
"""Surrogate studies, or subsets, over which quantiles are taken."""

MANY = 10
"""Random surrogate trials, for one in a subset of them."""

QUANTILES = {"low": 5, "median": 50, "high": 95}


def check(surrogate: Surrogate, curves: Curves, plan: StudyPlan, stick: Yardstick) -> dict[str, Any]:
    """What trials there were; the regressions' errors; how much is luck; and three tables, as lists of rows."""
    rng = np.random.default_rng(0)
    places = [curves.of_family(family) for family in surrogate.families]
    real = [curves.values[place] for place in places]
    by_family = {family: len(place) for family, place in zip(surrogate.families, places, strict=True)}
    return {
        "trials": {"ended": curves.ended, "complete by family": by_family},
        "regressions": {"chosen": surrogate.chosen, "held-out errors as shares of the variance": surrogate.errors},
        "luck, the share of the residuals' variance within configurations": _luck(surrogate),
        "held out": _rows(_average(_held_out(surrogate))),
        "real and surrogate trials": _beside(surrogate, real, stick, rng),
        "fronts of random trials": _fronts(surrogate, curves, plan, stick, rng),
    }


def _luck(surrogate: Surrogate) -> dict[str, dict[int, float]]:
    luck = next(iter(surrogate.families.values())).luck
    return {
        name: dict(zip(surrogate.images, luck[:, j].tolist(), strict=True))
        for j, name in enumerate(surrogate.objectives)
    }


def _held_out(surrogate: Surrogate) -> list[Figures]:
    """Per family, how well the regression predicts trials that it had not seen, on the objectives' scales."""
    found = []
    for family in surrogate.families.values():
        figures: Figures = {}
        for j, name in enumerate(surrogate.objectives):
            for i, images in enumerate(surrogate.images):
                residual, predicted = family.residuals[:, i, j], family.held_out[:, i, j]
                measured = predicted + residual
                figures["R²", name, images] = 1 - float(np.var(residual) / (np.var(measured) or 1))
                figures["rank correlation", name, images] = _correlation(measured, predicted)
                figures["deviation of residuals", name, images] = float(np.std(residual))
        found.append(figures)
    return found


def _beside(
    surrogate: Surrogate, real: Sequence[Array], stick: Yardstick, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Rows of what describes a family's trials, for the measured ones and, in quantiles, for the surrogate's."""
    images, names = surrogate.images, surrogate.objectives
    measured = _average([_described(values, images, names, stick) for values in real])
    drawn = [
        _average([_described(values, images, names, stick) for values in _again(surrogate, rng)]) for _ in range(DRAWS)
    ]
    quantiles = {
        key: np.percentile([figures[key] for figures in drawn], list(QUANTILES.values())).tolist() for key in measured
    }
    return [
        {**row, **dict(zip(QUANTILES, quantile, strict=True))}
        for row, quantile in zip(_rows(measured, "real"), quantiles.values(), strict=True)
    ]


def _described(values: Array, images: Sequence[int], names: Sequence[str], stick: Yardstick) -> Figures:
    """Of a family's trials (n, k, m): their spread, how they correlate with their end, and which rung shows the front.

    The last is the share of the final front that is among the best third at a rung.
    """
    figures: Figures = {}
    for i, at in enumerate(images):
        for j, name in enumerate(names):
            figures["standard deviation", name, at] = float(np.std(values[:, i, j]))
    for i, at in enumerate(images[:-1]):
        for j, name in enumerate(names):
            figures["rank correlation with the end", name, at] = _correlation(values[:, i, j], values[:, -1, j])
        best = ranking(values[:, i] * stick.signs)[: -(-len(values) // 3)]
        front = np.flatnonzero(non_dominated(values[:, -1] * stick.signs))
        figures["final front in the best third", "both", at] = float(np.isin(front, best).mean())
    return figures


def _again(surrogate: Surrogate, rng: np.random.Generator) -> list[Array]:
    """Per family, surrogate trials (n, k, m) of the measured configurations."""
    families = []
    for family in surrogate.families.values():
        drawn = [
            rng.choice(family.deviations(point, predicted, others=True))
            for point, predicted in zip(family.features, family.held_out, strict=True)
        ]
        families.append(surrogate.back(family.held_out + np.array(drawn)))
    return families


def _fronts(
    surrogate: Surrogate, curves: Curves, plan: StudyPlan, stick: Yardstick, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Quantiles of both volumes of random halves of the measured trials, and of as many surrogate trials."""
    size = len(curves.configs) // 2
    real = [stick.volumes(rng.choice(curves.values[:, -1], size, replace=False)) for _ in range(DRAWS)]
    others = random_trials(surrogate, plan, MANY * size)
    drawn = [rng.choice(others, size, replace=False) for _ in range(DRAWS)]
    return [
        {"trials": size, "whose": whose, "measure": name}
        | dict(zip(QUANTILES, np.percentile(volumes, list(QUANTILES.values())).tolist(), strict=True))
        for place, name in enumerate(("hypervolume", "share"))
        for whose, volumes in (
            ("real", [each[place] for each in real]),
            ("surrogate", [stick.volumes(values)[place] for values in drawn]),
        )
    ]


def random_trials(surrogate: Surrogate, plan: StudyPlan, count: int) -> Array:
    """Final objectives (count, m) of surrogate trials as a study proposes them at random, families in turn."""
    return np.array([surrogate.curve(config)[-1] for config in random_configs(plan, count)])


def _average(families: Iterable[Figures]) -> Figures:
    found = list(families)
    return {key: float(np.mean([figures[key] for figures in found])) for key in found[0]}


def _rows(figures: Figures, column: str = "value") -> list[dict[str, Any]]:
    return [
        {"figure": what, "objective": name, "images": at, column: value} for (what, name, at), value in figures.items()
    ]


def _correlation(a: Array, b: Array) -> float:
    """Spearman's; 0 where one of the two is constant."""
    return float(spearmanr(a, b).statistic) if np.ptp(a) and np.ptp(b) else 0.0


def print_check(found: dict[str, Any]) -> None:
    for heading, content in found.items():
        print(f"\n{heading}")
        if isinstance(content, dict):
            for name, value in content.items():
                print(f"  {name}: {value}")
        else:
            for row in content:
                print(
                    "  "
                    + ", ".join(f"{value:.3g}" if isinstance(value, float) else f"{value}" for value in row.values())
                )
