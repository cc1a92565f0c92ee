"""The trials that have a card with their pictures: each family's best, and the front."""

from typing import Any

import pandas as pd

from study.report import words
from study.report.analysis import Analysis
from study.report.pictures import Album

MOST_ROWS = 200
"""Trials of the front that the page shows; with three and more objectives a front can hold most of a study."""


def gallery(analysis: Analysis, album: Album) -> list[dict[str, Any]]:
    """Cards with pictures: each family's best first, since these must be embedded, then the front."""
    wanted: dict[tuple[str, int], tuple[pd.Series, list[str]]] = {}
    for group in analysis.groups:
        for objective in analysis.objectives:
            row = analysis.best(group, objective)
            if row is not None:
                _, why = wanted.setdefault((row["study"], int(row["trial"])), (row, []))
                why.append(f"best {objective.name} of {group.name}")
    for _, row in analysis.front.head(MOST_ROWS).iterrows():
        _, why = wanted.setdefault((row["study"], int(row["trial"])), (row, []))
        why.append("on the front")
    cards = []
    for index, ((label, number), (row, why)) in enumerate(wanted.items()):
        cards.append(
            {
                "study": label,
                "trial": number,
                "family": row["family"],
                "anchor": f"pictures-{index}",
                "why": ", ".join(why),
                "values": ", ".join(f"{n} {words.number(row[n], n)}" for n in analysis.names),
                "pictures": album.of(analysis.study(label), number),
            }
        )
    return cards
