"""Trials without a result, by reason."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study.report.analysis.analysis import Analysis
from study.report.read.studies import these
from study.report.sections.section import Contents, Section
from study.report.text.format import count, listed

LONGEST_REASON = 400
"""Characters of a reason that are shown; a trial's error.txt has all of it."""

MOST_REASONS = 50
"""Reasons that are shown."""

_NUMBER = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True)
class Failure:
    """Trials that have no result for one reason. `families` counts them, `which` names them."""

    state: str
    reason: str
    trials: int
    families: str
    which: str


def failures(analysis: Analysis) -> list[Failure]:
    """The `MOST_REASONS` commonest reasons, the commonest first; the others together.

    Reasons that differ in nothing but numbers are one, shown as that of the first trial: each diverged trial names a
    step of its own. Trials that were stopped early are no failures: they did what they were to do.
    """
    lost = analysis.trials[~analysis.trials["state"].isin(["complete", "pruned"])]
    complete = analysis.trials[analysis.trials["state"] == "complete"]
    unusable = complete.drop(analysis.complete.index).assign(
        reason="without a finite value of every objective, so left out"
    )
    everything = pd.concat([lost, unusable])
    kinds = everything["reason"].astype(str).str.replace(_NUMBER, "#", regex=True)
    groups = [own for _, own in everything.groupby(["study", "state", kinds], sort=True)]
    groups.sort(key=lambda own: -len(own))
    found = [_failure(analysis, own) for own in groups[:MOST_REASONS]]
    if left := groups[MOST_REASONS:]:
        reasons = f"{count(len(left), 'more reason')}: see records.csv"
        found.append(Failure("others", reasons, sum(map(len, left)), "", ""))
    return found


def _failure(analysis: Analysis, own: pd.DataFrame) -> Failure:
    first = own.iloc[0]
    reason = str(first["reason"])
    shown = reason if len(reason) <= LONGEST_REASON else reason[:LONGEST_REASON] + "…"
    others = own["reason"].nunique() - 1
    alike = f" (and {others:,} with other numbers)" if others else ""
    return Failure(
        state=str(first["state"]),
        reason=(shown or "no reason recorded") + alike,
        trials=len(own),
        families=listed([f"{n:,} {family}" for family, n in Counter(own["family"].astype(str)).items()]),
        which=these(own["trial"].tolist()) + (f" of {first['study']}" if len(analysis.studies) > 1 else ""),
    )


def _context(contents: Contents) -> dict[str, Any] | None:
    found = failures(contents.analysis)
    return {"failures": found} if found else None


FAILURES = Section("failures", "Trials without a result", _context)
