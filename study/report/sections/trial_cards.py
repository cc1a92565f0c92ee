"""The cards of the trials that are shown one by one: each family's best, and the front."""

import io
from dataclasses import dataclass

import pandas as pd
from PIL import Image

from study.report.analysis.analysis import Analysis, setting_columns, settings_sentence
from study.report.analysis.bests import best_trials
from study.report.read.album import Album, Picture, data_uri
from study.report.read.studies import Run
from study.report.text import format

MOST_ROWS = 200
"""Trials of the front that the page shows; with three and more objectives a front can hold most of a study."""

THUMBNAIL = (260, 150)
"""Pixels within which the picture beside a point is."""


@dataclass(frozen=True)
class Card:
    """One trial as the page shows it; `anchor` is its place there, `why` what it is shown for."""

    study: str
    trial: int
    family: str
    anchor: str
    why: str
    values: str
    settings: str
    run: Run
    pictures: list[Picture]
    thumbnail: str
    row: pd.Series


def gallery(analysis: Analysis, album: Album) -> list[Card]:
    """Each family's best first, since their pictures must be embedded, then the front."""
    wanted: dict[tuple[str, int], tuple[pd.Series, list[str]]] = {}
    for row, reason in best_trials(analysis):
        wanted.setdefault((row["study"], int(row["trial"])), (row, []))[1].append(reason)
    for _, row in analysis.front.head(MOST_ROWS).iterrows():
        wanted.setdefault((row["study"], int(row["trial"])), (row, []))[1].append("on the front")
    labels, settings = [study.label for study in analysis.studies], setting_columns(analysis)
    cards = []
    for (label, number), (row, why) in wanted.items():
        study = analysis.study(label)
        pictures = album.of(study, number)
        cards.append(
            Card(
                study=label,
                trial=number,
                family=str(row["family"]),
                anchor=f"trial-{labels.index(label)}-{number}",
                why=", ".join(why),
                values=", ".join(f"{n} {format.number(row[n], n)}" for n in analysis.names),
                settings=settings_sentence(row, settings),
                run=study.run(number),
                pictures=pictures,
                thumbnail=_thumbnail(pictures),
                row=row,
            )
        )
    return cards


def _thumbnail(pictures: list[Picture]) -> str:
    """The first picture that is in the page, made small, as a data URI; empty where there is none that can be read."""
    source = next((picture.content for picture in pictures if picture.content), b"")
    try:
        with Image.open(io.BytesIO(source)) as image:
            small = image.convert("RGB") if image.mode not in ("L", "RGB") else image.copy()
    except (OSError, ValueError, SyntaxError):
        return ""
    small.thumbnail(THUMBNAIL)
    stream = io.BytesIO()
    small.save(stream, "PNG", optimize=True)
    return data_uri(stream.getvalue())
