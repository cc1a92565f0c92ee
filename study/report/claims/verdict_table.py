"""Verdicts as tables: `claims.csv`, the table of the terminal, and the text of their cells."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from rich import box
from rich.markup import escape
from rich.table import Table

from study.report.claims.claim import INFINITE, Claim
from study.report.claims.verdicts import Verdict
from study.report.text.format import count, p_value


def claims_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """One row a claim and reading. `low` and `high`: the 95 % interval; `single_replicates`: values parted by spaces.

    `p_value`: the share of exchanges with a value as extreme; `by_chance`: that in which the claim would agree.
    """
    rows = [
        {
            "row": verdict.claim.row,
            "id": verdict.claim.id,
            "reading": verdict.reading,
            "claim": verdict.claim.claim,
            "paper": verdict.claim.paper,
            "measure": verdict.claim.measure,
            "agrees": rule(verdict.claim),
            "ours": verdict.value,
            "low": None if verdict.interval is None else verdict.interval[0],
            "high": None if verdict.interval is None else verdict.interval[1],
            "single_replicates": " ".join(f"{value:.6g}" for value in verdict.singles),
            "exchanged": verdict.claim.exchanged,
            "p_value": None if verdict.chance is None else verdict.chance.reaching,
            "by_chance": None if verdict.chance is None else verdict.chance.agreeing,
            "seeds": verdict.seeds,
            "trials": verdict.trials,
            "verdict": verdict.word,
            "why": verdict.why,
        }
        for verdict in verdicts
    ]
    return pd.DataFrame(rows)


def rule(claim: Claim) -> str:
    """`above 0.8`, `between 0.5 and 2`: when the claim agrees."""
    if claim.low == -INFINITE:
        return f"below {claim.high:g}"
    return f"above {claim.low:g}" if claim.larger_agrees else f"between {claim.low:g} and {claim.high:g}"


def claim_text(verdict: Verdict) -> str:
    """The claim, with the reading of the paper that it was judged under."""
    return verdict.claim.claim + (f" ({verdict.reading} means)" if verdict.reading else "")


def value_text(value: float) -> str:
    """Three digits, whole numbers above a hundred; a dash for a missing value."""
    if np.isnan(value):
        return "–"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", "−")


def ours_text(verdict: Verdict) -> str:
    """`41.3`, with its interval, else the values of the single replicates: `41.3 [35.1, 47.0]`, `41.3 (39.9, 42.1)`."""
    text = value_text(verdict.value)
    if verdict.interval is not None:
        low, high = map(value_text, verdict.interval)
        text += f" [{low}, {high}]"
    elif len(verdict.singles) > 1:
        text += f" ({', '.join(map(value_text, verdict.singles))})"
    return text


def p_text(verdict: Verdict) -> str:
    """`.004`: the share of exchanges with a value as extreme; a dash where nothing is exchanged."""
    return "–" if verdict.chance is None else p_value(verdict.chance.reaching)


def chance_text(verdict: Verdict) -> str:
    """`2.4 %`: how often the claim would agree by chance; a dash where nothing is exchanged."""
    return "–" if verdict.chance is None else f"{100 * verdict.chance.agreeing:.1f} %"


def seeds_text(verdict: Verdict) -> str:
    """`3 seeds, 81 trials`."""
    return f"{count(verdict.seeds, 'seed')}, {count(verdict.trials, 'trial')}"


def as_table(verdicts: Sequence[Verdict]) -> Table:
    """The verdicts for a terminal."""
    table = Table(title="Comparison with the paper", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("claim", "paper", "ours", "p", "by chance", "verdict"):
        table.add_column(name, overflow="fold", min_width=5 if name == "p" else 9)
    for verdict in verdicts:
        numbers = (ours_text(verdict), p_text(verdict), chance_text(verdict))
        table.add_row(*map(escape, (claim_text(verdict), verdict.claim.paper, *numbers, verdict.word)))
    reasons = dict.fromkeys(verdict.why for verdict in verdicts if verdict.why)
    if reasons:
        table.caption = escape(f"Undecided or not measured: {'; '.join(reasons)}.")
        table.caption_justify = "left"
    return table
