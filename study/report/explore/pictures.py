"""Which trials' pictures are inside the page, and which beside it: the best ones first, while there is room."""

from study.report.analysis.analysis import Analysis
from study.report.read.album import Album

ROOM = 2 * 1024 * 1024
"""Bytes of pictures that the page takes in: with base64, plotly.js and a thousand trials it stays under 10 MB."""


def trial_pictures(analysis: Analysis, album: Album) -> dict[int, dict[str, str]]:
    """By the trial's index: the source of each of its pictures by name, a data URI or a path.

    Room is given to each family's best in each objective, then to the front, then to the others as they rank in the
    first objective.
    """
    wanted = analysis.complete.loc[_best_first(analysis)]
    found = {}
    for index, study, trial in zip(wanted.index, wanted["study"], wanted["trial"], strict=True):
        pictures = album.of(analysis.study(study), int(trial))
        if pictures:
            found[int(index)] = {picture.name: picture.source or picture.link for picture in pictures}
    return found


def _best_first(analysis: Analysis) -> list[int]:
    best = [analysis.best(group, objective) for group in analysis.groups for objective in analysis.objectives]
    wanted = [*(row.name for row in best if row is not None), *analysis.front.index, *analysis.ranking.index]
    return list(dict.fromkeys(wanted))
