"""Comparison of families: which differ, by how much, and with what certainty.

A family is measured by how much its configurations reach together, each with its mean over seeds: the share of the
paper's box that they dominate, else their hypervolume; with a single objective their best value. Whether two families
differ is a permutation test over configurations (`study.report.analysis.permutation`). A configuration whose trials all
failed is included in the test and adds no point. A group is a family of a study, as in
`study.report.analysis.analysis`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from study.config.space import Objective, minimised
from study.pareto.dominance import non_dominated
from study.pareto.noise import pooled_covariance, redrawn_means
from study.report.analysis.analysis import Analysis, Group, once
from study.report.analysis.permutation import (
    ADAPTIVE_LEVEL,
    LEVEL,
    Difference,
    Reach,
    configurations_needed,
    differences,
    seeds_needed,
)
from study.report.analysis.volume import FEW_OBJECTIVES, Box

DRAWS = 1_000
"""Number of times that configurations and seeds are drawn again for an interval."""

UNEQUAL = 0.1
"""Fraction of the larger effort. Families that differ by more, in trials or images, are not called better or worse."""

BLOCK = 2**21
"""Number of points whose volumes are computed at a time: some 100 MB."""

Array = np.ndarray
Measure = Callable[[Array], Array]
"""A measure of sets of points (s, n, m): (s,), larger is better. A point with a NaN adds nothing."""


@dataclass(frozen=True)
class Pair:
    """Two groups, `ahead` with the larger value.

    `lead` is by how much, and `interval` the middle 95 % of it when configurations and seeds are drawn again. `tested`
    is None where they cannot be tested (see `differences`); `level` is that of the test. `equal`: efforts differ by no
    more than `UNEQUAL`. `configurations`: their number in the smaller group. `seeds`: mean number of seeds with a
    result per configuration, over both groups; `noise`: the part of the variance of configurations' means that comes
    from them, NaN if unknown.
    """

    ahead: Group
    behind: Group
    lead: float
    interval: tuple[float, float]
    tested: Difference | None
    level: float
    equal: bool
    configurations: int
    seeds: float
    noise: float

    @property
    def found(self) -> bool:
        """Whether the two differ, whatever their efforts."""
        return self.tested is not None and self.tested.p <= self.level

    @property
    def better(self) -> bool:
        """Whether `ahead` is better than `behind` as a family."""
        return self.found and self.equal

    @property
    def needed(self) -> tuple[int | None, int | None]:
        """Configurations of each, and seeds of each configuration, at which the lead would be found."""
        if self.tested is None:
            return None, None
        found = self.lead, self.tested.deviation
        seeds = None if np.isnan(self.noise) else seeds_needed(*found, self.seeds, self.noise, self.level)
        return configurations_needed(*found, self.configurations, self.level), seeds


@dataclass(frozen=True)
class Comparison:
    """The groups with a result, best first, and what each of them reaches: larger is better.

    `box`: the box in which volumes are measured. None with a single objective: `values` are the best values of it, with
    the sign with which larger is better. `pairs` has
    every pair of them, and none where there are too many objectives to take so many volumes. `replicated`: some
    configuration has several seeds with a result.
    """

    groups: tuple[Group, ...]
    values: tuple[float, ...]
    box: Box | None
    pairs: tuple[Pair, ...]
    replicated: bool

    @property
    def winner(self) -> Group | None:
        """The first group, if it is better than each other."""
        own = [pair for pair in self.pairs if pair.ahead is self.groups[0]]
        return self.groups[0] if own and all(pair.better for pair in own) else None


@once
def comparison(analysis: Analysis) -> Comparison | None:
    """None with fewer than two groups that have a result, and where nothing measures them."""
    tried = standing(analysis)
    shown = tried.dropna(subset=analysis.names)
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
    measure: Measure
    if box is None or single:
        measure = partial(_best, float(minimised(shown, analysis.objectives).max()))
    else:
        measure = box.volumes
    values = [_reached(measure, shown, group, analysis.objectives) for group in groups]
    order = np.argsort(-np.array(values), kind="stable")
    groups, values = [groups[i] for i in order], [values[i] for i in order]
    few = len(analysis.objectives) <= FEW_OBJECTIVES
    pairs = _pairs(analysis, tried, groups, values, measure) if few else ()
    replicated = bool((shown["seeds"] > 1).any())
    return Comparison(tuple(groups), tuple(values), None if single else box, pairs, replicated)


def standing(analysis: Analysis) -> pd.DataFrame:
    """One row a configuration that was tried, in the order in which they began.

    `group`; `config_id`; the objectives, means over its complete trials, NaN without any; `seeds`, how many these are;
    `tried`, how many of its trials ended.
    """
    key = ["group", "config_id"]
    ended = analysis.trials[key].groupby(key, sort=False).size().rename("tried")
    complete = analysis.complete.groupby(key, sort=False)
    table = complete[analysis.names].mean().join(complete.size().rename("seeds"))
    table = table.reindex(ended.index).join(ended)
    return table.fillna({"seeds": 0}).reset_index()


def lead_along(ahead: np.ndarray, behind: np.ndarray) -> tuple[float, float, float]:
    """By how much `ahead` (n, 2) is better than `behind` (k, 2) in the second objective where both reach the first.

    The mean of the difference of what each reaches at equal values of the first objective, all to be minimised, from
    where both have a point to where both fronts have ended; then these two ends.
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


def _best(worst: float, sets: Array) -> Array:
    """The best value of sets (s, n, 1), turned: larger is better. A set of none has the worst value of all."""
    return np.asarray(-np.fmin(sets, worst).min(axis=(1, 2), initial=worst))


def _reached(measure: Measure, shown: pd.DataFrame, group: Group, objectives: Sequence[Objective]) -> float:
    return float(measure(minimised(shown[shown["group"] == group.name], objectives)[None])[0])


def _pairs(
    analysis: Analysis, tried: pd.DataFrame, groups: list[Group], values: list[float], measure: Measure
) -> tuple[Pair, ...]:
    level = ADAPTIVE_LEVEL if any(study.plan.adaptive for study in analysis.studies) else LEVEL
    tried = tried[tried["group"].isin([group.name for group in groups])]
    codes = np.asarray(tried["group"].map({group.name: place for place, group in enumerate(groups)}), dtype=np.int64)
    trials = np.asarray(tried["tried"], dtype=np.int64)
    points = minimised(tried, analysis.objectives)
    found = differences(codes, trials, subsets(points, measure), level=level)
    tested = {(difference.first, difference.second): difference for difference in found}
    covariance = _between_seeds(analysis)
    drawn = [_redrawn(analysis, group, measure, covariance, place) for place, group in enumerate(groups)]
    pairs = []
    for first, second in combinations(range(len(groups)), 2):
        own = np.isin(codes, (first, second))
        seeds = float(tried["seeds"].to_numpy()[own & ~np.isnan(points).any(axis=1)].mean())
        pairs.append(
            Pair(
                ahead=groups[first],
                behind=groups[second],
                lead=values[first] - values[second],
                interval=_middle(drawn[first] - drawn[second]),
                tested=tested.get((first, second)),
                level=level,
                equal=_equal(groups[first], groups[second]),
                configurations=min(int((codes == first).sum()), int((codes == second).sum())),
                seeds=seeds,
                noise=_noise(covariance, seeds, points[own]),
            )
        )
    return tuple(pairs)


def subsets(points: Array, measure: Measure) -> Reach:
    """Values, by a measure of sets, of subsets of configurations with these points (n, m), all to be minimised."""
    order = np.argsort(points[:, 0], kind="stable")
    ordered = points[order]

    def reach(masks: np.ndarray) -> np.ndarray:
        reached = []
        for some in np.array_split(masks[:, order], max(1, masks.size // BLOCK)):
            sets = np.repeat(ordered[None], len(some), axis=0)  # sorted by the first objective: quicker to measure
            sets[~some, -1] = np.nan
            reached.append(measure(sets))
        return np.concatenate(reached)

    return reach


def _between_seeds(analysis: Analysis) -> Array | None:
    """The covariance of the objectives between seeds of one configuration, pooled; None without replicates."""
    ids = analysis.complete.groupby(["group", "config_id"]).ngroup().to_numpy()
    return pooled_covariance(minimised(analysis.complete, analysis.objectives), ids)


def _redrawn(analysis: Analysis, group: Group, measure: Measure, covariance: Array | None, seed: int) -> Array:
    """Values (DRAWS,) that the group's configurations reach when these and their seeds are drawn again."""
    points = np.full((len(group.ended), len(analysis.objectives)), np.nan)
    points[group.ended.index.isin(group.complete.index)] = minimised(group.complete, analysis.objectives)
    ids, _ = pd.factorize(group.ended["config_id"])
    _, means = redrawn_means(points, ids, DRAWS, seed, covariance, among=True)
    return np.concatenate([measure(some) for some in np.array_split(means, max(1, means.size // BLOCK))])


def _middle(leads: Array) -> tuple[float, float]:
    low, high = np.quantile(leads, [0.025, 0.975])
    return float(low), float(high)


def _equal(one: Group, other: Group) -> bool:
    efforts = [(len(group.ended), group.images) for group in (one, other)]
    return all(abs(a - b) <= UNEQUAL * max(a, b) for a, b in zip(*efforts, strict=True))


def _noise(covariance: Array | None, seeds: float, points: Array) -> float:
    """The part of the variance (over objectives, on average) of configurations' means that comes from seeds."""
    if covariance is None:
        return float("nan")
    variance = np.nanvar(points, axis=0, ddof=1)
    parts = np.divide(np.diag(covariance) / seeds, variance, out=np.ones(len(variance)), where=variance > 0)
    return float(np.minimum(parts, 1).mean())
