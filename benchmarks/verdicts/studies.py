"""Simulated studies of three families, and how often the permutation test reports a difference or a winner.

The families are one process, or one of them is better or worse than the two others. Each has n configurations, chosen
at random, on a grid, or by TPE with a model for each family; each configuration has one to five seeds. What is tested
are their means over seeds, as in a report.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from benchmarks.verdicts.landscape import Array, Landscape, at_random, grid, searched
from study.config.load import load_space
from study.pareto.noise import pooled_covariance, redrawn_means
from study.report.analysis.comparison import subsets
from study.report.analysis.permutation import ADAPTIVE_LEVEL, LEVEL, Difference, configurations_needed, differences
from study.report.analysis.volume import Box, paper_box

FAMILIES = 3
PERMUTATIONS = 199
"""Of each test. Levels of 5 % and 3 % are as exact with 199 as with the 999 of a report."""

Sampler = Literal["random", "grid", "tpe"]
Truth = Literal["equal", "two leaders", "one leader"]
Seeds = Literal["1", "2", "3", "4", "5", "mixed"]


@dataclass(frozen=True)
class Cell:
    """One kind of study. With `two leaders` the third family is worse by `shift` standard deviations, with `one leader`
    the two others are.
    """

    sampler: Sampler
    truth: Truth
    seeds: Seeds
    configurations: int
    shift: float = 0.0


CONFIGURATIONS: dict[Sampler, tuple[int, ...]] = {"random": (4, 9, 27), "grid": (4, 9), "tpe": (24,)}
"""TPE draws its first ten configurations of a family at random."""

BEHIND: dict[Truth, float] = {"equal": 0.0, "two leaders": 1.0}
MANY = 60
"""Configurations of TPE's largest studies: the longer it learns, the more its configurations depend on each other."""

NULLS = tuple(
    Cell(sampler, truth, seeds, n, behind)
    for sampler, numbers in CONFIGURATIONS.items()
    for n in numbers
    for seeds in get_args(Seeds)
    for truth, behind in BEHIND.items()
) + tuple(Cell("tpe", truth, seeds, MANY, behind) for seeds in ("1", "mixed") for truth, behind in BEHIND.items())
POWERS = tuple(
    Cell(sampler, "one leader", "3", n, shift)
    for sampler, numbers in CONFIGURATIONS.items()
    for n in numbers
    for shift in (0.25, 0.5, 1.0)
)

INTERVALS = (
    *(Cell("random", "equal", seeds, n) for n in (9, 27) for seeds in ("1", "3", "mixed")),
    *(Cell("random", "one leader", seeds, n, 0.5) for n in (9, 27) for seeds in ("1", "3", "mixed")),
)


@cache
def box() -> Box:
    """The paper's box of reconstruction and disentanglement."""
    found = paper_box("dsprites", load_space("dsprites")[0].objectives)
    assert found is not None
    return found


def worse(cell: Cell) -> tuple[float, ...]:
    """By how many standard deviations each family is worse than the best."""
    return {
        "equal": (0.0, 0.0, 0.0),
        "two leaders": (0.0, 0.0, cell.shift),
        "one leader": (0.0, cell.shift, cell.shift),
    }[cell.truth]


def numbers_of_seeds(seeds: Seeds, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Of n configurations (n,)."""
    return rng.integers(1, 6, size=n) if seeds == "mixed" else np.full(n, int(seeds))


def trials_of(cell: Cell, landscape: Landscape, number: int) -> tuple[Array, NDArray[np.int64]]:
    """The trials of one family of one study: their values (t, 2), and which configuration (t,) each is of."""
    rng = np.random.default_rng([number, 1])
    seeds = numbers_of_seeds(cell.seeds, cell.configurations, rng)
    of = np.repeat(np.arange(len(seeds)), seeds)
    if cell.sampler == "tpe":
        return searched(landscape, seeds, number), of
    points = at_random(len(seeds), rng) if cell.sampler == "random" else grid(len(seeds))
    return landscape.trials(points[of], rng), of


def of_family(cell: Cell, landscape: Landscape, number: int) -> tuple[Array, NDArray[np.int64]]:
    """The means (n, 2) of a family's configurations, and how many seeds (n,) each is the mean of."""
    return means_of(*trials_of(cell, landscape, number))


def means_of(values: Array, of: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Of trials (t, 2) the means (n, 2) of each configuration, and how many (n,) it has."""
    seeds = np.bincount(of)
    return np.column_stack([np.bincount(of, column) for column in values.T]) / seeds[:, None], seeds


def tested(families: Sequence[tuple[Array, NDArray[np.int64]]], number: int) -> tuple[tuple[Difference, ...], Array]:
    """The differences of every pair, and what each family reaches."""
    groups = np.repeat(np.arange(len(families)), [len(points) for points, _ in families])
    reach = subsets(np.concatenate([points for points, _ in families]), box().volumes)
    tried = np.concatenate([seeds for _, seeds in families])
    values = reach(groups == np.arange(len(families))[:, None])
    return differences(groups, tried, reach, PERMUTATIONS, number), values


def rates(cell: Cell, landscape: Landscape, studies: int) -> dict[str, Any]:
    """Of these studies the parts with each outcome.

    `different`: two families of one process are reported as different; `winner`: some family is named the winner;
    `right`: the one that is better is. `pairs`: of the pairs that differ, the part that is found.
    """
    shifts = worse(cell)
    landscapes = {shift: landscape.shifted(shift) for shift in shifts}
    made = {
        shift: [of_family(cell, its, number) for number in _numbers(cell, shift, studies)]
        for shift, its in landscapes.items()
    }
    level = ADAPTIVE_LEVEL if cell.sampler == "tpe" else LEVEL
    counts = dict.fromkeys(("different", "winner", "right"), 0)
    pairs: list[bool] = []
    for study in range(studies):
        families = [made[shift][_which(cell, study, family, studies)] for family, shift in enumerate(shifts)]
        found, values = tested(families, study)
        first = int(values.argmax())
        own = [d for d in found if first in (d.first, d.second)]
        winner = bool(own) and all(d.p <= level for d in own)
        counts["different"] += any(d.p <= level and shifts[d.first] == shifts[d.second] for d in found)
        counts["winner"] += winner
        counts["right"] += winner and shifts[first] < min(s for f, s in enumerate(shifts) if f != first)
        pairs += [d.p <= level for d in found if shifts[d.first] != shifts[d.second]]
    shares: dict[str, float | None] = {name: count / studies for name, count in counts.items()}
    shares["pairs"] = float(np.mean(pairs)) if pairs else None
    return {**asdict(cell), "level": level, "studies": studies, **shares}


def _numbers(cell: Cell, shift: float, studies: int) -> range:
    """Of what families are made of; TPE's studies of one family are run once and used in three simulated studies."""
    start = 0 if shift == 0 else 10**7
    return range(start, start + studies * (1 if cell.sampler == "tpe" else FAMILIES))


def _which(cell: Cell, study: int, family: int, studies: int) -> int:
    """Which of the families that were made is this one."""
    return (study + family * studies // FAMILIES) % studies if cell.sampler == "tpe" else FAMILIES * study + family


def planning(shift: float, landscape: Landscape, studies: int) -> dict[str, Any]:
    """What is said to decide between two families in studies that do not find their difference, and what would have.

    Random search, nine configurations with three seeds. `needed`: quartiles of the configurations that a report says
    are needed, `unsaid` the part of reports that say that ten times as many would not do. `power`: how often the
    difference is found by so many configurations.
    """
    needed: list[float] = []
    cell = Cell("random", "one leader", "3", 9, shift)
    landscapes = [landscape, landscape.shifted(shift)]

    def pair(cell: Cell, study: int) -> tuple[Difference, Array]:
        families = [of_family(cell, its, 2 * study + f) for f, its in enumerate(landscapes)]
        (found,), values = tested(families, study)
        return found, values

    for study in range(studies):
        found, values = pair(cell, study)
        if found.p > LEVEL:
            number = configurations_needed(
                abs(float(values[0] - values[1])), found.deviation, cell.configurations, LEVEL
            )
            needed.append(np.inf if number is None else number)
    quartiles = [float(q) if np.isfinite(q) else None for q in np.quantile(needed, [0.25, 0.5, 0.75], method="nearest")]
    powers = {}
    for number in (9, 14, 18, 27, 36, 54, 90):
        larger = replace(cell, configurations=number)
        powers[number] = float(np.mean([pair(larger, study)[0].p <= LEVEL for study in range(studies // 4)]))
    unsaid = float(np.isinf(needed).mean())
    return {"shift": shift, "not found": len(needed) / studies, "needed": quartiles, "unsaid": unsaid, "power": powers}


def intervals(cell: Cell, landscape: Landscape, studies: int, draws: int = 200) -> dict[str, Any]:
    """How often the interval of a lead holds the mean lead over studies: the first family against the second."""
    leads, ends = [], []
    landscapes = [landscape.shifted(shift) for shift in worse(cell)[:2]]
    for study in range(studies):
        drawn, values = [], []
        made = [trials_of(cell, its, 2 * study + f) for f, its in enumerate(landscapes)]
        both = np.concatenate([values for values, _ in made])
        ids = np.concatenate([of + 1_000 * f for f, (_, of) in enumerate(made)])
        covariance = pooled_covariance(both, ids)
        for family, (points, of) in enumerate(made):
            _, means = redrawn_means(points, of, draws, family, covariance, among=True)
            drawn.append(box().volumes(means))
            values.append(box().volumes(means_of(points, of)[0][None])[0])
        leads.append(values[0] - values[1])
        ends.append(np.quantile(drawn[0] - drawn[1], [0.025, 0.975]))
    low, high = np.array(ends).T
    held = (low <= np.mean(leads)) & (np.mean(leads) <= high)
    return {**asdict(cell), "studies": studies, "mean lead": float(np.mean(leads)), "held": float(held.mean())}
