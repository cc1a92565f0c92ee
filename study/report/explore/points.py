"""The points of a group in a plane, each of which knows its trial."""

from typing import Any

import numpy as np

from study.report.analysis.analysis import Analysis, Group
from study.report.explore.marks import mark, number_list, plain

SIZES = ((150, 9), (500, 7))
"""Up to so many points, markers are so many pixels wide; beyond, `SMALL`."""
SMALL = 5

FORMAT = ".4~g"
"""How plotly writes values where the pointer is."""


def points(analysis: Analysis, group: Group, x: np.ndarray, y: np.ndarray, hover: str, **more: Any) -> dict[str, Any]:
    """A trace of the group's complete trials at x (n,) and y (n,). `hover`: what is said of the place.

    `customdata` has the index of each trial in the page's table of trials, `meta` says which group it is.
    """
    drawn = mark(analysis, group)
    n = len(analysis.complete)
    size = next((pixels for most, pixels in SIZES if n <= most), SMALL)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(group.name),
        "meta": {"group": group.name},
        "x": number_list(x),
        "y": number_list(y),
        "customdata": [int(index) for index in group.complete.index],
        "text": [int(number) for number in group.complete["trial"]],
        "hovertemplate": f"trial %{{text}}<br>{hover}",
        "marker": {
            "color": drawn.colour,
            "symbol": drawn.symbol,
            "size": size,
            "opacity": 0.85,
            "line": {"width": 1.5 if drawn.symbol.endswith(("-open", "-open-dot")) else 0},
        },
        **more,
    }
