"""Every claim of the paper that a study of ours can test, from `claims.yaml`: validated as a whole when it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from study.config.space import PaperRow

_TEXTS = ("id", "row", "claim", "paper", "measure")


@dataclass(frozen=True)
class Claim:
    """What the paper says (`claim`, with its own value in `paper`), what we measure, and when ours agrees.

    It agrees with a `measure` strictly above its threshold, or strictly below it, as `side` says.
    """

    id: str
    row: PaperRow
    claim: str
    paper: str
    measure: str
    side: Literal["above", "below"]
    threshold: float

    def holds(self, value: float) -> bool:
        """Whether a value of the measure is on the claim's side of the threshold; nan and the threshold are not."""
        return value > self.threshold if self.side == "above" else value < self.threshold


@cache
def claims() -> tuple[Claim, ...]:
    """All of them, in the order of the paper."""
    return parse(yaml.safe_load(files("study.report.paper").joinpath("claims.yaml").read_text(encoding="utf-8")))


def claims_of(row: str) -> tuple[Claim, ...]:
    """Those of one row."""
    return tuple(claim for claim in claims() if claim.row == row)


def parse(content: Any) -> tuple[Claim, ...]:
    """The claims that a YAML list says; `ValueError`, which names the claim, if one of them is not whole."""
    if not isinstance(content, list):
        raise ValueError(f"claims: needs a list; received {type(content).__name__}")
    found = [_claim(entry, f"claim {place}") for place, entry in enumerate(content, 1)]
    _unique([claim.id for claim in found])
    return tuple(found)


def _claim(entry: Any, where: str) -> Claim:
    if not isinstance(entry, dict):
        raise ValueError(f"{where}: needs keys and values; received {entry!r}")
    where = f"{where} ({entry.get('id')})"
    sides = [side for side in ("above", "below") if side in entry]
    if len(sides) != 1:
        raise ValueError(f"{where}: needs exactly one of above and below; received {' and '.join(sides) or 'neither'}")
    side: Literal["above", "below"] = "above" if sides == ["above"] else "below"
    keys = {*_TEXTS, side}
    if set(entry) != keys:
        raise ValueError(f"{where}: needs the keys {', '.join(sorted(keys))}; received {', '.join(map(str, entry))}")
    for key in _TEXTS:
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise ValueError(f"{where}: {key} needs text; received {entry[key]!r}")
    if entry["row"] not in get_args(PaperRow):
        raise ValueError(f"{where}: row is one of {', '.join(get_args(PaperRow))}; received {entry['row']!r}")
    threshold = entry[side]
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not abs(threshold) < float("inf"):
        raise ValueError(f"{where}: {side} needs a finite number; received {threshold!r}")
    return Claim(**{key: entry[key] for key in _TEXTS}, side=side, threshold=float(threshold))


def _unique(ids: Sequence[str]) -> None:
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"claims: every id stands once; received twice {', '.join(twice)}")
