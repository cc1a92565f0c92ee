"""The non-dominated trials as a table; with a single objective, the ranking."""

from typing import Any

import pandas as pd

from study.records.table import VALIDATION
from study.report.analysis.analysis import Analysis, setting_columns, setting_text
from study.report.analysis.configurations import configurations, probabilities
from study.report.sections.section import Contents, Section
from study.report.sections.trial_cards import MOST_ROWS
from study.report.text.format import number

RANKED = 10
"""Rows of the ranking that stands for the front where there is one objective only."""


def _row(
    analysis: Analysis,
    row: pd.Series,
    settings: list[str],
    links: dict[tuple[str, int], str],
    sure: dict[tuple[str, int], float],
) -> dict[str, Any]:
    key = str(row["study"]), int(row["trial"])
    return {
        "study": row["study"],
        "trial": int(row["trial"]),
        "family": row["family"],
        "values": [{"test": number(row[n], n), "validation": number(row[VALIDATION + n], n)} for n in analysis.names],
        "validation_front": bool(row["validation_front"]),
        "settings": [setting_text(row.get(column)) for column in settings],
        "run": analysis.study(row["study"]).run(int(row["trial"])),
        "probability": f"{sure[key]:.2f}" if key in sure else "",
        "anchor": links.get(key, ""),
    }


def _context(contents: Contents) -> dict[str, Any] | None:
    analysis = contents.analysis
    if analysis.complete.empty:
        return None
    several_objectives = len(analysis.objectives) > 1
    shown = analysis.front.head(MOST_ROWS) if several_objectives else analysis.ranking.head(RANKED)
    settings, sure = setting_columns(analysis), probabilities(analysis)
    links = {(card.study, card.trial): card.anchor for card in contents.cards}
    return {
        "title": "Non-dominated trials" if several_objectives else "Ranking",
        "settings": settings,
        "shown": [_row(analysis, row, settings, links, sure) for _, row in shown.iterrows()],
        "left_out": len(analysis.front if several_objectives else analysis.complete) - len(shown),
        "replicates": configurations(analysis) is not None,
        "records": [{"label": s.label, "link": contents.album.link(s.folder.records)} for s in analysis.studies],
    }


FRONT = Section("front", "Non-dominated trials", _context)
