"""Hypervolume as a report takes it: up to the space's reference point, and within the box of the paper's own results.

Points (n, m) are to be minimised: `study.config.space.minimised` turns them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from study.config.space import Objective, minimised
from study.pareto.hypervolume import greedy_subset, hypervolume, hypervolume_share, hypervolumes
from study.report.published.numbers import figure4

FEW_OBJECTIVES, MOST_POINTS = 3, 60
"""With more than FEW_OBJECTIVES objectives, only the MOST_POINTS trials with the largest contribution are counted:
nearly all trials are on the front then, and the hypervolume of hundreds takes minutes.
"""


@dataclass(frozen=True)
class Box:
    """The part of objective space between `reference` and `ideal`, both (m,): the volume is that share of it, 0 to 1.

    Without an `ideal` it has no better end, and the volume is in the objectives' units.
    """

    reference: np.ndarray
    ideal: np.ndarray | None = None

    def volume(self, points: np.ndarray) -> float:
        """How much of it the points (n, m) dominate."""
        if points.shape[1] > FEW_OBJECTIVES:
            points = points[greedy_subset(points, self.reference, MOST_POINTS)]
        if self.ideal is None:
            return hypervolume(points, self.reference)
        return hypervolume_share(points, self.reference, self.ideal)

    def volumes(self, sets: np.ndarray) -> np.ndarray:
        """How much of it each of the sets of points (s, n, m) dominates, (s,). A point with a NaN is not in its set."""
        if self.ideal is None:
            return hypervolumes(sets, self.reference)
        return hypervolumes(np.maximum(sets, self.ideal), self.reference) / float(np.prod(self.reference - self.ideal))


def reference_box(objectives: Sequence[Objective], reference: dict[str, float]) -> Box | None:
    """The box that a space's reference point bounds; None if the space has none."""
    if not reference:
        return None
    return Box(minimised(reference, objectives))


def paper_box(dataset: str, objectives: Sequence[Objective]) -> Box | None:
    """From the worst to the best value of the settings in the paper's Figure 4, in either objective.

    Up to the reference point of an uninformed model, trained models fill nearly the whole volume, so differences are
    small. This box is no larger than the range of the paper's settings. None if the figure has other axes.
    """
    if len(objectives) != 2:
        return None
    backdrop = figure4(dataset, objectives[0].name, objectives[1].name)
    if backdrop is None:
        return None
    points = np.concatenate(list(backdrop.points.values())) * [objective.sign for objective in objectives]
    return Box(points.max(axis=0), points.min(axis=0))
