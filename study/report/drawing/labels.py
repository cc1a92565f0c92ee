"""Names of the points of a plot, each placed where it covers neither a point nor another name."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes

from study.report.drawing.style import RESOLUTION, Look

RING = 8.0
"""Half the side of the square around a point that is kept free, for its marker and a ring, in points."""

REACHES = (14.0, 24.0, 34.0, 46.0, 58.0)
"""How far from its point a name may stand, in points: the nearer the better. From the second on a line joins them."""

ANGLES = (37.0, 62.0, 12.0, 85.0, -20.0, 110.0)
"""Where, in degrees from the horizontal side of `towards` to its upright side: the earlier the better."""


def name_points(
    ax: Axes, look: Look, values: np.ndarray, names: Sequence[str], towards: tuple[int, int], size: float = 8
) -> None:
    """Write a name next to each of these points (n, 2), in the axes' data; `towards`: the signs of the side for it.

    To be called when the limits of the axes are set, so that it is known what is near to what.
    """
    # Positions before the figure is laid out, which only moves them farther apart.
    points = ax.transData.transform(np.asarray(values, dtype=float).reshape(-1, 2)) * 72 / RESOLUTION
    for name, value, offset in zip(names, values, offsets(points, names, towards, size), strict=True):
        line = {"arrowstyle": "-", "color": look.faint, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0.5 * RING}
        ax.annotate(
            name,
            (value[0], value[1]),
            (offset[0], offset[1]),
            textcoords="offset points",
            ha="center",
            va="center",
            color=look.ink,
            fontsize=size,
            zorder=6,
            arrowprops=line if np.hypot(*offset) > REACHES[0] + 1 else None,
        )


def offsets(points: np.ndarray, names: Sequence[str], towards: tuple[int, int], size: float = 8) -> np.ndarray:
    """From each point (n, 2) to the middle of its name (n, 2), both in typographic points.

    The nearest free place for one name after the other; a name that finds none is put at the nearest, over others.
    """
    places = [
        reach * np.array(towards) * [np.cos(np.radians(angle)), np.sin(np.radians(angle))]
        for reach, angle in product(REACHES, ANGLES)
    ]
    boxes = [(point, np.full(2, RING)) for point in points]
    chosen = []
    for point, name in zip(points, names, strict=True):
        half = np.array([0.32 * size * len(name), 0.5 * size])
        free = (place for place in places if not any(_overlap(point + place, half, *box) for box in boxes))
        chosen.append(next(free, places[0]))
        boxes.append((point + chosen[-1], half))
    return np.array(chosen).reshape(-1, 2)


def _overlap(middle: np.ndarray, half: np.ndarray, other: np.ndarray, other_half: np.ndarray) -> bool:
    return bool(np.all(np.abs(middle - other) < half + other_half))
