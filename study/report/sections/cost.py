"""What the study cost: time on each device, training images, and the share of trials that gave no result."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from study.records.table import as_numbers
from study.report.analysis.analysis import Analysis
from study.report.sections.section import Contents, Section
from study.report.text.format import duration

TIMES: Mapping[str, str] = {
    "training_seconds": "training",
    "curve_seconds": "measuring during training",
    "evaluation_seconds": "evaluation",
}
"""The columns of the records with times of a trial, and what each is of."""


def _context(contents: Contents) -> dict[str, Any] | None:
    analysis = contents.analysis
    trials = analysis.trials
    times = pd.DataFrame({name: as_numbers(trials[name]) for name in TIMES if name in trials}, index=trials.index)
    times = times.dropna(how="all").fillna(0.0)
    if times.empty:
        return None
    device = trials.loc[times.index].get("device", pd.Series("", times.index)).fillna("").replace("", "unknown device")
    rows = [
        {
            "device": name,
            "trials": f"{len(own):,}",
            "parts": [duration(own[column].sum()) if column in own else "–" for column in TIMES],
            "total": duration(own.sum().sum()),
        }
        for name, own in times.groupby(device)
    ]
    return {"parts": list(TIMES.values()), "rows": rows, "images": _images(analysis)}


def _images(analysis: Analysis) -> str:
    """Training images of all trials, and the share of those that have no result."""
    images = as_numbers(analysis.trials["images_trained"]).fillna(0.0)
    total, lost = images.sum(), images[analysis.trials["state"] != "complete"].sum()
    share = f"; {100 * lost / total:.0f} % of them for trials that were stopped early or failed" if lost else ""
    return f"{total:,.0f} training images in all{share}."


COST = Section("cost", "What it cost", _context)
