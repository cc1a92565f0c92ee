"""Which family is ahead, by how much, and how sure that is: families side by side, with their trials drawn again.

A family is measured by how much its trials reach together: the share of the paper's box that they dominate, else their
hypervolume; with a single objective by its best value. Where configurations have several seeds, each stands for itself
with the mean over them. A group is a family of a study, as in `study.report.analysis`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from study.config import Objective
from study.pareto import non_dominated, resamples
from study.report.analysis import Analysis, Group
from study.report.configurations import configurations
from study.report.paper.resampling import interval
from study.report.volume import FEW_OBJECTIVES, Box, minimised

DRAWS = 1_000
"""A chance is then exact to 0.03 and better (two standard errors)."""

LEAST = 3
"""Trials that each family needs for its own to be drawn again."""

SURE = 0.95
"""In so many of the draws the first must be ahead to be called the winner."""


@dataclass(frozen=True)
class Certainty:
    """What is left of the lead when trials are drawn again.

    `chance`: the part of the draws in which the first is ahead of all others. `lead`: the middle 95 % of its lead over
    the second. `seeds`: the seeds of every configuration were drawn again; else the trials, `each` of every family.
    """

    chance: float
    lead: tuple[float, float] | None
    seeds: bool
    each: int


@dataclass(frozen=True)
class Comparison:
    """The groups with a result, best first, and what each of them reaches: larger is better.

    `box` is what their volumes are parts of; None: `values` are best values of the only objective, turned. `certainty`
    is None where a group has too few trials, or where there are too many objectives to take so many volumes.
    """

    groups: tuple[Group, ...]
    values: tuple[float, ...]
    box: Box | None
    certainty: Certainty | None


@lru_cache(maxsize=1)
def comparison(analysis: Analysis) -> Comparison | None:
    """None with fewer than two groups that have a result, and where nothing measures them."""
    shown = standing(analysis)
    groups = [group for group in analysis.groups if (shown["group"] == group.name).any()]
    box = next(
        (
            box
            for box, volume in (
                (analysis.paper_box, analysis.total_paper_share),
                (analysis.box, analysis.total_hypervolume),
            )
            if box is not None and volume
        ),
        None,
    )
    single = len(analysis.objectives) == 1
    if len(groups) < 2 or (box is None and not single):
        return None
    measure = _best if box is None or single else box.volume
    values = [measure(minimised(shown[shown["group"] == group.name], analysis.objectives)) for group in groups]
    order = np.argsort(-np.array(values), kind="stable")
    groups, values = [groups[i] for i in order], [values[i] for i in order]
    certainty = _certainty(analysis, groups, measure) if len(analysis.objectives) <= FEW_OBJECTIVES else None
    return Comparison(tuple(groups), tuple(values), None if single else box, certainty)


def standing(analysis: Analysis) -> pd.DataFrame:
    """What stands for the families: configurations with their means over seeds; without replicates the trials.

    It has the columns `group` and the objectives.
    """
    table = configurations(analysis)
    return analysis.complete if table is None else table


def lead_along(ahead: np.ndarray, behind: np.ndarray) -> tuple[float, float, float]:
    """By how much `ahead` (n, 2) is better than `behind` (k, 2) in the second objective where both reach the first.

    The mean of the difference of what each reaches at equal values of the first objective, all to be minimised, from
    where both have a point to where neither front goes on; then these two ends.
    """
    fronts = [points[non_dominated(points)] for points in (ahead, behind)]
    low = max(front[:, 0].min() for front in fronts)
    across = np.unique(np.concatenate([[low], *(front[front[:, 0] > low, 0] for front in fronts)]))
    reached = [np.array([front[front[:, 0] <= x, 1].min() for x in across]) for front in fronts]
    gaps, lengths = reached[1] - reached[0], np.diff(across)
    mean = float(gaps[:-1] @ lengths / lengths.sum()) if len(lengths) else float(gaps[0])
    return mean, float(low), float(across[-1])


def leaders(points: np.ndarray, groups: np.ndarray) -> list[tuple[str, float]]:
    """Whose the front of points (n, 2) is: the groups (n,) in turn, each with the first value where its turn begins."""
    front = np.flatnonzero(non_dominated(points))
    front = front[np.lexsort((groups[front].astype(str), points[front, 0]))]
    turns: list[tuple[str, float]] = []
    for place in front:
        if not turns or turns[-1][0] != groups[place]:
            turns.append((str(groups[place]), float(points[place, 0])))
    return turns


def _best(points: np.ndarray) -> float:
    known = points[~np.isnan(points)]
    return -float(known.min()) if len(known) else -np.inf


def _certainty(analysis: Analysis, groups: list[Group], measure: Callable[[np.ndarray], float]) -> Certainty | None:
    seeds = configurations(analysis) is not None
    each = min(len(group.ended) for group in groups)
    if seeds:
        drawn = [_by_seeds(group, analysis.objectives, measure, place) for place, group in enumerate(groups)]
    elif each >= LEAST:
        drawn = [_by_trials(group, analysis.objectives, measure, each, place) for place, group in enumerate(groups)]
    else:
        return None
    first, others = drawn[0], np.array(drawn[1:])
    with np.errstate(invalid="ignore"):  # -inf on both sides, where no drawn trial has a value
        lead = interval(first - others[0])
    return Certainty(float((first > others.max(axis=0)).mean()), lead, seeds, each)


def _by_trials(
    group: Group, objectives: tuple[Objective, ...], measure: Callable[[np.ndarray], float], each: int, seed: int
) -> np.ndarray:
    """What (DRAWS,) so many of its trials reach, drawn with replacement; those without a result are drawn too."""
    points = np.full((len(group.ended), len(objectives)), np.nan)
    points[group.ended.index.isin(group.complete.index)] = minimised(group.complete, objectives)
    rng = np.random.default_rng(seed)
    return np.array([measure(points[rng.integers(len(points), size=each)]) for _ in range(DRAWS)])


def _by_seeds(
    group: Group, objectives: tuple[Objective, ...], measure: Callable[[np.ndarray], float], seed: int
) -> np.ndarray:
    """What (DRAWS,) its configurations reach by their means, with the seeds of each drawn again."""
    points = minimised(group.complete, objectives)
    codes, _ = pd.factorize(group.complete["config_id"])
    sizes = np.bincount(codes)[:, None]
    drawn = (points[rows] for rows in resamples(codes, DRAWS, seed))
    sums = (np.column_stack([np.bincount(codes, column) for column in values.T]) for values in drawn)
    return np.array([measure(total / sizes) for total in sums])
