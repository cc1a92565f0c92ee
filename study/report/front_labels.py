"""The numbers of the non-dominated trials beside their points, each where it covers neither a point nor another."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes

from study.config import Objective
from study.report.analysis import Analysis
from study.report.style import RESOLUTION, Look

LABELLED = 12
"""Up to so many non-dominated trials carry their numbers in the figure."""

SIZE = 8
"""Of the numbers, in points."""

RING = 8.0
"""Half the side of the square around a point that its ring fills, in points."""

REACHES = (14.0, 24.0, 34.0, 46.0, 58.0)
"""How far from its point a number may stand, in points: the nearer the better. From the second on a line joins them."""

ANGLES = (37.0, 62.0, 12.0, 85.0, -20.0, 110.0)
"""Where, in degrees from the better side of the horizontal axis to that of the upright one: there is no other point in
that quadrant."""


def draw(ax: Axes, analysis: Analysis, look: Look, x: Objective, y: Objective) -> None:
    """Nothing where there are too many to be read, or where a number or a point may stand for several things."""
    if len(analysis.front) > LABELLED or len(analysis.studies) > 1 or len(analysis.objectives) > 2:
        return
    names = [str(number) for number in analysis.front["trial"]]
    values = analysis.front[[x.name, y.name]].to_numpy(dtype=float)
    # Where they are before the figure is laid out: then they are only farther apart.
    points = ax.transData.transform(values) * 72 / RESOLUTION
    better = np.array([-x.sign, -y.sign], dtype=float)
    for name, value, offset in zip(names, values, offsets(points, names, better), strict=True):
        line = {"arrowstyle": "-", "color": look.faint, "linewidth": 0.6, "shrinkA": 0, "shrinkB": RING}
        ax.annotate(
            name,
            (value[0], value[1]),
            (offset[0], offset[1]),
            textcoords="offset points",
            ha="center",
            va="center",
            color=look.ink,
            fontsize=SIZE,
            zorder=6,
            arrowprops=line if np.hypot(*offset) > REACHES[0] + 1 else None,
        )


def offsets(points: np.ndarray, names: Sequence[str], better: np.ndarray) -> np.ndarray:
    """From each point (n, 2) to the middle of its name (n, 2), in points; `better` (2,): the signs of better values.

    The nearest free place for one name after the other; a name that finds none stands at the nearest, over others.
    """
    halves = np.array([[0.32 * SIZE * len(name), 0.5 * SIZE] for name in names]).reshape(-1, 2)
    boxes = [(point, np.full(2, RING)) for point in points]
    chosen = []
    for point, half in zip(points, halves, strict=True):
        places = [
            reach * better * [np.cos(np.radians(angle)), np.sin(np.radians(angle))]
            for reach, angle in product(REACHES, ANGLES)
        ]
        free = [place for place in places if not any(_overlap(point + place, half, *box) for box in boxes)]
        chosen.append((free or places)[0])
        boxes.append((point + chosen[-1], half))
    return np.array(chosen).reshape(-1, 2)


def _overlap(middle: np.ndarray, half: np.ndarray, other: np.ndarray, other_half: np.ndarray) -> bool:
    return bool(np.all(np.abs(middle - other) < half + other_half))
