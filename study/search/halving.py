"""Multi-objective asynchronous successive halving: which trials at a rung continue. Without Ray.

Schmucker et al. (2021), "Multi-objective asynchronous successive halving": the trials at a rung are ordered by
non-dominated sorting, and those of one front by an epsilon-net or by crowding (`study.pareto.ranking.ranking`). One
that is among the best 1/η of those that have come to the rung so far continues. Decisions are asynchronous: an early
trial is compared with few others, and a promotion is never revoked.

This is the stopping variant: a trial that does not continue is stopped for good. Schmucker et al., and Li et
al. (2020), pause it, and promote it later if it is among the best of the trials that have come by then.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from study.pareto.ranking import TieBreak, ranking


@dataclass(frozen=True)
class Standing:
    """The rank of a trial at a rung: its place, from 1, among `of` trials, and whether it continues."""

    place: int
    of: int
    goes_on: bool


class Halving:
    """The rungs of a study. `group` is what a trial is compared within: its family, where a study balances these."""

    def __init__(self, reduction_factor: float, tie_break: TieBreak = "epsilon-net") -> None:
        self.reduction_factor = reduction_factor
        self.tie_break: TieBreak = tie_break
        self._rungs: dict[tuple[Hashable, int], dict[int, tuple[float, ...]]] = defaultdict(dict)

    def record(self, trial: int, group: Hashable, rung: int, values: Sequence[float]) -> None:
        """Record the values (m,) of a trial at a rung, all to be minimised. They replace earlier ones of it there."""
        self._rungs[group, rung][trial] = tuple(values)

    def standing(self, trial: int, group: Hashable, rung: int) -> Standing:
        """The current rank of a trial that has come to this rung. ⌈n/η⌉ of n continue, so the first one does."""
        values = self._rungs[group, rung]
        order = ranking(np.array(list(values.values())), self.tie_break)
        place = int(np.flatnonzero(order == list(values).index(trial))[0]) + 1
        return Standing(place, len(values), place <= math.ceil(len(values) / self.reduction_factor))
