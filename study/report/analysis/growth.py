"""Hypervolume over training images: that of the complete trials, over the images that all trials so far have seen.

Trials count in the order of their numbers, in which they were begun; the order in which they ended is not recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from study.config.space import minimised
from study.report.analysis.analysis import Analysis, once
from study.report.analysis.volume import FEW_OBJECTIVES, Box


@dataclass(frozen=True)
class Growth:
    """One curve: images and hypervolume of a study, or of one of its families, after each trial.

    `images` (n,) ascend; what stopped and failed trials saw is among them. `volume` (n,) never falls. `family` is empty
    for the curve of the whole study.
    """

    study: str
    family: str
    images: np.ndarray
    volume: np.ndarray


@once
def growth(analysis: Analysis) -> tuple[tuple[Box, tuple[Growth, ...]], ...]:
    """The curves on test images: in the hypervolume's box and in the paper's, where there are these.

    Of each family its own, then of each study. A box without any trial is left out. With more than
    `FEW_OBJECTIVES` objectives there are no curves, because each would take minutes.
    """
    reached = ((analysis.box, analysis.total_hypervolume), (analysis.paper_box, analysis.total_paper_share))
    if len(analysis.objectives) > FEW_OBJECTIVES:
        return ()
    return tuple((box, _curves(analysis, box)) for box, volume in reached if box is not None and volume)


def _curves(analysis: Analysis, box: Box) -> tuple[Growth, ...]:
    points = np.full((len(analysis.trials), len(analysis.objectives)), np.nan)
    points[analysis.complete.index] = minimised(analysis.complete, analysis.objectives)
    images = analysis.trials["images_trained"].fillna(0).to_numpy(dtype=float)
    numbers = analysis.trials["trial"].to_numpy()

    def curve(study: str, family: str, rows: np.ndarray) -> Growth:
        ordered = rows[np.argsort(numbers[rows], kind="stable")]
        return Growth(study, family, np.cumsum(images[ordered]), running(points[ordered], box.volume))

    curves = [curve(g.study, g.family, g.ended.index.to_numpy()) for g in analysis.groups if len(g.ended)]
    for study in analysis.studies:
        rows = np.flatnonzero((analysis.trials["study"] == study.label).to_numpy())
        if len(rows):
            curves.append(curve(study.label, "", rows))
    return tuple(curves)


def running(points: np.ndarray, volume: Callable[[np.ndarray], float]) -> np.ndarray:
    """The volume (n,) of the first 1, 2, … n points (n, m), taken where their front grows; a NaN adds nothing."""
    volumes, now = np.zeros(len(points)), 0.0
    front = np.empty((0, points.shape[1]))
    for place, point in enumerate(points):
        if not np.isnan(point).any() and not (front <= point).all(axis=1).any():
            front = np.vstack([front[~(point <= front).all(axis=1)], point])
            now = volume(front)
        volumes[place] = now
    return volumes
