"""What the page says of replicates, winners, what was reached by when, and parameters: for its included templates."""

from typing import Any

import pandas as pd

from study.records.importances import LEAST_TRIALS
from study.records.table import VALIDATION
from study.report.analysis.analysis import Analysis
from study.report.analysis.configurations import DEVIATION, configurations
from study.report.analysis.confirmed import AGAIN, FOUND, SPREAD, Confirmed, sentences
from study.report.analysis.settings import setting_columns, settings_sentence
from study.report.analysis.volume import FEW_OBJECTIVES
from study.report.read.studies import these
from study.report.sections.importances import NOISE, importance_table
from study.report.sections.slices import searched, sliced
from study.report.text.format import count, listed, number, plain

MOST_CONFIGURATIONS = 30
"""Rows of the table of configurations: the likeliest to be on the front."""


def replicates(analysis: Analysis) -> dict[str, Any] | None:
    """The table of configurations: its rows, and what must be known of them; None without replicates."""
    table = configurations(analysis)
    if table is None:
        return None
    settings = setting_columns(analysis)
    single = int((table["trials"].map(len) == 1).sum())
    lost = int((table["lost"] > 0).sum())
    notes = []
    if single:
        notes.append(
            f"{count(single, 'configuration')} {'has' if single == 1 else 'have'} one seed only, which is taken at its "
            "word: without a spread, and as if it knew no noise."
        )
    if lost:
        notes.append(
            f"Of {count(lost, 'configuration')} some seeds have no result, stopped or failed: the mean of the others "
            "flatters if it was the bad ones that went."
        )
    return {
        "rows": [_row(analysis, row, settings) for row in table.head(MOST_CONFIGURATIONS).to_dict("records")],
        "left_out": f"{len(table) - MOST_CONFIGURATIONS:,}" if len(table) > MOST_CONFIGURATIONS else "",
        "configurations": count(len(table), "configuration"),
        "notes": notes,
    }


def _row(analysis: Analysis, row: dict[Any, Any], settings: list[str]) -> dict[str, Any]:
    values = []
    for name in analysis.names:
        deviation = row[name + DEVIATION]
        spread = "" if pd.isna(deviation) else f"± {number(deviation, name)}"
        values.append({"mean": number(row[name], name), "spread": spread})
    return {
        "family": row["family"],
        "group": row["group"],
        "settings": settings_sentence(row, settings),
        "probability": f"{row['probability']:.2f}",
        "values": values,
        "seeds": len(row["trials"]),
        "trials": these(row["trials"], most=6),
        "config_id": row["config_id"],
    }


def growth_note(analysis: Analysis) -> str:
    """Why there is no figure of what was reached by when, where one could be looked for."""
    many = len(analysis.objectives) > FEW_OBJECTIVES and analysis.box is not None
    return f"With more than {FEW_OBJECTIVES} objectives there is no figure of it: that takes minutes." if many else ""


def parameters(analysis: Analysis) -> dict[str, Any] | None:
    """What is said beside the figures of importances and of slices; None where no parameter differs."""
    names = searched(analysis)
    if not names:
        return None
    left = names[len(sliced(analysis)) :]
    return {
        "importances": _importances_note(analysis),
        "noise": number(NOISE),
        "left_out": f"No room was for {listed([plain(name) for name in left])}." if left else "",
    }


def _importances_note(analysis: Analysis) -> str:
    """Which families have no importances, and why."""
    table = importance_table(analysis)
    without = [group for group in analysis.groups if group.name not in set(table["group"])]
    if not without:
        return ""
    few = listed([f"{group.name} has {len(group.complete):,}" for group in without])
    return (
        f"How much each parameter matters is said, when a study ends, of families with {LEAST_TRIALS} complete trials "
        f"and more: {few}."
    )


def confirmed(its: Confirmed) -> dict[str, Any]:
    """Winners beside what they were when trained again: see `study.report.analysis.confirmed`."""

    def shown(row: pd.Series, name: str, prefix: str) -> dict[str, str]:
        columns = {"found": FOUND, "again": AGAIN, "spread": SPREAD}
        return {key: number(row[f"{prefix}{column}{name}"], name) for key, column in columns.items()}

    names = [objective.name for objective in its.objectives]
    return {
        "search": its.search,
        "sentences": sentences(its),
        "names": names,
        "rows": [
            {
                "trial": int(row["trial"]),
                "family": str(row["family"]),
                "seeds": int(row["seeds"]),
                "values": [shown(row, name, prefix) for name in names for prefix in (VALIDATION, "")],
            }
            for _, row in its.table.iterrows()
        ],
    }
