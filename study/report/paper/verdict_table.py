"""The verdicts as tables: `claims.csv`, the rows of the page and of the terminal, the values in words."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from rich import box
from rich.markup import escape
from rich.table import Table

from study.report.paper.claims import Claim
from study.report.paper.verdicts import Verdict

COLUMNS = (
    *("row", "id", "claim", "paper", "measure", "agrees", "ours", "low", "high", "single_replicates"),
    *("seeds", "trials", "verdict", "why"),
)


def claims_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """One row a claim. `low` and `high`: the 95 % interval; `single_replicates`: their values, parted by spaces."""
    rows = [
        {
            "row": verdict.claim.row,
            "id": verdict.claim.id,
            "claim": verdict.claim.claim,
            "paper": verdict.claim.paper,
            "measure": verdict.claim.measure,
            "agrees": rule(verdict.claim),
            "ours": verdict.value,
            "low": None if verdict.interval is None else verdict.interval[0],
            "high": None if verdict.interval is None else verdict.interval[1],
            "single_replicates": " ".join(f"{value:.6g}" for value in verdict.singles),
            "seeds": verdict.seeds,
            "trials": verdict.trials,
            "verdict": verdict.word,
            "why": verdict.why,
        }
        for verdict in verdicts
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def rule(claim: Claim) -> str:
    """`above 0.8`: when the claim agrees."""
    return f"{claim.side} {claim.threshold:g}"


def value_text(value: float) -> str:
    """Three digits, whole numbers from a hundred on; a dash where there is none."""
    if np.isnan(value):
        return "–"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", "−")


def ours_text(verdict: Verdict) -> str:
    """`41.3`, with its interval or the values of the single replicates: `41.3 [35.1, 47.0]`, `41.3 (39.9, 42.1)`."""
    text = value_text(verdict.value)
    if verdict.interval is not None:
        low, high = map(value_text, verdict.interval)
        text += f" [{low}, {high}]"
    elif len(verdict.singles) > 1:
        text += f" ({', '.join(map(value_text, verdict.singles))})"
    return text


def seeds_text(verdict: Verdict) -> str:
    """`3 seeds, 81 trials`."""
    each = f"{verdict.seeds} seed{'' if verdict.seeds == 1 else 's'}"
    return f"{each}, {verdict.trials:,} trial{'' if verdict.trials == 1 else 's'}"


def as_table(verdicts: Sequence[Verdict]) -> Table:
    """The verdicts for a terminal."""
    table = Table(title="Beside the paper", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("claim", "paper", "ours", "verdict"):
        table.add_column(name, overflow="fold", min_width=12)
    for verdict in verdicts:
        cells = (verdict.claim.claim, verdict.claim.paper, ours_text(verdict), verdict.word)
        table.add_row(*map(escape, cells))
    reasons = dict.fromkeys(verdict.why for verdict in verdicts if verdict.why)
    if reasons:
        table.caption = escape(f"Undecided or not measured: {'; '.join(reasons)}.")
        table.caption_justify = "left"
    return table
