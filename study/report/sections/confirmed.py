"""The winners of a search, trained again on fresh seeds."""

from typing import Any

import pandas as pd

from study.records.table import VALIDATION
from study.report.analysis.confirmed import AGAIN, FOUND, SPREAD, Confirmed, sentences
from study.report.sections.section import Contents, Section
from study.report.text.format import number


def _shown(its: Confirmed) -> dict[str, Any]:
    """Winners of the search compared with their results when trained again: see `study.report.analysis.confirmed`."""

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


def _context(contents: Contents) -> dict[str, Any] | None:
    if not contents.confirmed or contents.analysis.complete.empty:
        return None
    return {"searches": [_shown(its) for its in contents.confirmed]}


CONFIRMED = Section("confirmed", "The winners, trained again", _context)
