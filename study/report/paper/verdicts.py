"""Whether our trials agree with a claim of the paper.

Five seeds or more in every configuration: the measure's 95 % interval decides. Fewer: no interval; the measure on the
replicates that every configuration has, on all of them together and on each alone, decides, and these values are shown.
All on the claim's side of the threshold: agrees; all on the other: disagrees; else undecided. A grid that has not been
run whole is undecided too, whatever it shows so far.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from study.report.paper.claims import Claim
from study.report.paper.resampling import RESAMPLES, interval, resampled_values
from study.report.paper.row import Measure

ENOUGH = 5
"""Seeds that every configuration needs for an interval: of fewer, drawing again gives too few different tables."""

Word = Literal["agrees", "disagrees", "undecided", "not measured"]


@dataclass(frozen=True)
class Verdict:
    """What our trials say to a claim.

    `value`: the measure on the trials that were judged, nan where it is not measured. `interval`: with five seeds and
    more; `singles`: else, the measure on each replicate alone. `seeds`: the fewest trials of a configuration; `trials`:
    how many were judged. `why`: what stands in the way of a decision, where the numbers do not say it.
    """

    claim: Claim
    word: Word
    value: float
    interval: tuple[float, float] | None
    singles: tuple[float, ...]
    seeds: int
    trials: int
    why: str = ""


def judge(
    claims: Sequence[Claim],
    measures: Mapping[str, Measure],
    trials: pd.DataFrame,
    unfinished: str = "",
    resamples: int = RESAMPLES,
) -> tuple[Verdict, ...]:
    """A verdict for each claim, on a table of complete trials with `config_id` and `replicate`.

    `unfinished` says what of the study has not run. A measure that asks for a column that no trial has gives nan.
    """
    asked = {claim.id: _with_missing_columns(measures[claim.id]) for claim in claims}
    seeds = int(trials["config_id"].value_counts().min()) if len(trials) else 0
    if seeds < ENOUGH:
        # Only replicates that every configuration has: the others would compare other settings.
        trials = trials[trials["replicate"] < seeds].reset_index(drop=True)
    values = {name: measure(trials) if len(trials) else np.nan for name, measure in asked.items()}
    measured = {name: measure for name, measure in asked.items() if not np.isnan(values[name])}
    intervals: dict[str, tuple[float, float] | None] = {}
    singles: dict[str, tuple[float, ...]] = {}
    if seeds >= ENOUGH and measured:
        drawn = resampled_values(trials, measured, resamples)
        intervals = {name: interval(of_resamples) for name, of_resamples in drawn.items()}
    else:
        tables = [trials[trials["replicate"] == replicate].reset_index(drop=True) for replicate in range(seeds)]
        singles = {name: tuple(float(measure(table)) for table in tables) for name, measure in measured.items()}
    return tuple(
        _verdict(
            claim,
            float(values[claim.id]),
            intervals.get(claim.id),
            singles.get(claim.id, ()),
            seeds,
            len(trials),
            unfinished,
        )
        for claim in claims
    )


def _verdict(
    claim: Claim,
    value: float,
    bounds: tuple[float, float] | None,
    singles: tuple[float, ...],
    seeds: int,
    trials: int,
    unfinished: str,
) -> Verdict:
    if np.isnan(value):
        why = unfinished or ("no trial is complete" if trials == 0 else "these trials cannot say it")
        return Verdict(claim, "not measured", value, None, (), seeds, trials, why)
    shown = bounds if seeds >= ENOUGH else (*singles, value)
    word: Word = "undecided"
    why = unfinished
    if not shown:
        why = why or "too many resamples cannot say it"
    elif np.isnan(shown).any():
        why = why or "a replicate alone cannot say it"
    elif not unfinished:
        sides = {claim.holds(each) for each in shown}
        word = "undecided" if len(sides) > 1 else "agrees" if sides == {True} else "disagrees"
    return Verdict(claim, word, value, bounds, singles, seeds, trials, why)


def _with_missing_columns(measure: Measure) -> Measure:
    def value(trials: pd.DataFrame) -> float:
        try:
            return float(measure(trials))
        except KeyError as missing:
            if missing.args and missing.args[0] in trials.columns:
                raise
            return float("nan")

    return value
