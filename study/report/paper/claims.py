"""Every claim of the paper that a study of ours can test, from `claims.yaml`: validated as a whole when it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, get_args

import yaml

from study.config.space import PaperRow
from study.report.paper.exchange import Exchanged

INFINITE = float("inf")

_TEXTS = ("id", "row", "claim", "paper", "measure", "exchanged")
_RULES = ("above", "below", "between")


@dataclass(frozen=True)
class Claim:
    """What the paper says (`claim`, with its own value in `paper`), what we measure, and when ours agrees.

    It agrees with a `measure` strictly between `low` and `high`, one of which is infinite where the claim is about one
    side. `exchanged`: what is exchanged to see how often it would agree by chance.
    """

    id: str
    row: PaperRow
    claim: str
    paper: str
    measure: str
    exchanged: Exchanged
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value of the measure is on the claim's side; nan and the threshold itself are not."""
        return (self.low == -INFINITE or value > self.low) and (self.high == INFINITE or value < self.high)

    def within(self, interval: tuple[float, float]) -> bool:
        """Whether a whole interval is on the claim's side."""
        return all(map(self.holds, interval))

    def beyond(self, interval: tuple[float, float]) -> bool:
        """Whether a whole interval is on the other side, or on one of them."""
        low, high = interval
        return -INFINITE < self.low >= high or INFINITE > self.high <= low

    @property
    def above(self) -> bool:
        """Whether larger values speak for it; of a claim that lies between two thresholds it is not asked."""
        return self.high == INFINITE


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
    rules = [rule for rule in _RULES if rule in entry]
    if len(rules) != 1:
        raise ValueError(f"{where}: needs exactly one of {', '.join(_RULES)}; received {', '.join(rules) or 'none'}")
    keys = {*_TEXTS, *rules}
    if set(entry) != keys:
        raise ValueError(f"{where}: needs the keys {', '.join(sorted(keys))}; received {', '.join(map(str, entry))}")
    for key in _TEXTS:
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise ValueError(f"{where}: {key} needs text; received {entry[key]!r}")
    for key, allowed in (("row", get_args(PaperRow)), ("exchanged", get_args(Exchanged))):
        if entry[key] not in allowed:
            raise ValueError(f"{where}: {key} is one of {', '.join(allowed)}; received {entry[key]!r}")
    low, high = _thresholds(rules[0], entry[rules[0]], where)
    if rules[0] == "between" and entry["exchanged"] != "nothing":
        raise ValueError(f"{where}: a claim between two thresholds has no extreme side; its exchanged is nothing")
    return Claim(**{key: entry[key] for key in _TEXTS}, low=low, high=high)


def _thresholds(rule: str, given: Any, where: str) -> tuple[float, float]:
    values = given if rule == "between" and isinstance(given, list) else [given]
    wanted = "two finite numbers, the lower first" if rule == "between" else "a finite number"
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    finite = all(abs(value) < INFINITE for value in numbers)
    if len(numbers) != len(values) or not finite or len(values) != 1 + (rule == "between"):
        raise ValueError(f"{where}: {rule} needs {wanted}; received {given!r}")
    low, high = (float(numbers[0]), float(numbers[-1]))
    if rule == "between" and low >= high:
        raise ValueError(f"{where}: {rule} needs {wanted}; received {given!r}")
    return {"above": (low, INFINITE), "below": (-INFINITE, high)}.get(rule, (low, high))


def _unique(ids: Sequence[str]) -> None:
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"claims: every id stands once; received twice {', '.join(twice)}")
