"""The trials shown one by one, each family's best and the front: their cards, and the points that lead there."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from study.report.analysis.analysis import Analysis
from study.report.analysis.bests import best_trials
from study.report.analysis.settings import setting_columns, settings_sentence
from study.report.drawing.style import Look
from study.report.read.album import Album, Picture, data_uri
from study.report.read.studies import Run
from study.report.sections.objectives_links import places
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


def points(analysis: Analysis, cards: list[Card], figures: Mapping[Look, Figure]) -> list[dict[str, Any]]:
    """A link for each card in each panel of the figure of the objectives, wide and narrow, best first on the way."""
    wide, narrow = figures.get(Look()), figures.get(Look(narrow=True))
    if wide is None or narrow is None or not cards:
        return []
    first = analysis.objectives[0]
    ordered = sorted(cards, key=lambda card: first.sign * float(card.row[first.name]))
    trials = pd.DataFrame([card.row for card in ordered])
    both = zip(places(wide, analysis, trials), places(narrow, analysis, trials), strict=True)
    return [
        {"card": card, "wide": at, "narrow": at_narrow, "left": at[0] > 0.5, "up": at[1] > 0.5}
        for panel, panel_narrow in both
        for card, at, at_narrow in zip(ordered, panel, panel_narrow, strict=True)
    ]


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
