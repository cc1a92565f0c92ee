"""Which trials' pictures are inside the page, and which beside it: the best ones first, while there is room."""

from collections.abc import Iterator

from study.report.analysis import Analysis
from study.report.pictures import Album

ROOM = 2 * 1024 * 1024
"""Bytes of pictures that the page takes in: with base64, plotly.js and a thousand trials it stays under 10 MB."""


def trial_pictures(analysis: Analysis, album: Album) -> dict[int, dict[str, str]]:
    """By the trial's index: the source of each of its pictures by name, a data URI or a path.

    Room is given to each family's best in each objective, then to the front, then to the others as they rank in the
    first objective.
    """
    found = {}
    for index in _best_first(analysis):
        study = analysis.study(analysis.complete.at[index, "study"])
        pictures = album.of(study, int(analysis.complete.at[index, "trial"]))
        if pictures:
            found[index] = {picture.name: picture.source or picture.link for picture in pictures}
    return found


def _best_first(analysis: Analysis) -> Iterator[int]:
    best = [analysis.best(group, objective) for group in analysis.groups for objective in analysis.objectives]
    wanted = [*(row.name for row in best if row is not None), *analysis.front.index, *analysis.ranking.index]
    return iter(dict.fromkeys(map(int, wanted)))
