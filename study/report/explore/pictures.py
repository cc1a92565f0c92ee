"""Which trials' pictures are inside the page, and which beside it: the best ones first, while there is room."""

from collections.abc import Iterator

from study.report.analysis import Analysis
from study.report.pictures import Album

ROOM = 3 * 1024 * 1024
"""Bytes of pictures that the page takes in: with base64, plotly.js and a thousand trials it stays under 10 MB."""


def trial_pictures(analysis: Analysis, album: Album) -> dict[int, list[dict[str, str]]]:
    """By the trial's index: name, title and source of each of its pictures; the source is a data URI or a path.

    Room is given to each family's best in each objective, then to the front, then to the others as they rank in the
    first objective.
    """
    found = {}
    for index in _best_first(analysis):
        row = analysis.complete.loc[index]
        pictures = album.of(analysis.study(row["study"]), int(row["trial"]))
        if pictures:
            found[index] = [{"name": p.name, "title": p.title, "source": p.source or p.link} for p in pictures]
    return found


def _best_first(analysis: Analysis) -> Iterator[int]:
    best = [analysis.best(group, objective) for group in analysis.groups for objective in analysis.objectives]
    wanted = [*(row.name for row in best if row is not None), *analysis.front.index, *analysis.ranking.index]
    return iter(dict.fromkeys(map(int, wanted)))
