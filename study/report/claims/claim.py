"""Claims of the paper that our studies can test, read from `claims.yaml` and validated as a whole."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from study.config.space import PaperRow
from study.report.claims.significance import Exchanged

INFINITE = float("inf")

Text = Annotated[str, Field(pattern=r"\S")]
Threshold = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Claim(BaseModel):
    """A statement of the paper (`claim`, with its own value in `paper`), our `measure`, and the rule of agreement.

    It agrees with a value strictly above a threshold, below one, or between two. `exchanged`: what is exchanged to
    see how often it would agree by chance; nothing of a claim between two thresholds, which has no extreme side.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Text
    row: PaperRow
    claim: Text
    paper: Text
    measure: Text
    exchanged: Exchanged
    above: Threshold | None = None
    below: Threshold | None = None
    between: tuple[Threshold, Threshold] | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        rules = [rule for rule in ("above", "below", "between") if getattr(self, rule) is not None]
        if len(rules) != 1:
            raise ValueError(f"needs exactly one of above, below, between; received {', '.join(rules) or 'none'}")
        if self.between is not None and self.low >= self.high:
            raise ValueError(f"between: needs the lower threshold first; received {list(self.between)}")
        if self.between is not None and self.exchanged != "nothing":
            raise ValueError(f"exchanged: of a claim between two thresholds is nothing; received {self.exchanged}")
        return self

    @property
    def low(self) -> float:
        """The threshold that a value has to be above; -inf where there is none."""
        if self.between is not None:
            return self.between[0]
        return -INFINITE if self.above is None else self.above

    @property
    def high(self) -> float:
        """The threshold that a value has to be below; inf where there is none."""
        if self.between is not None:
            return self.between[1]
        return INFINITE if self.below is None else self.below

    @property
    def larger_agrees(self) -> bool:
        """Whether larger values speak for it; not defined of a claim between two thresholds."""
        return self.high == INFINITE

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


@cache
def claims() -> tuple[Claim, ...]:
    """All claims, in the order of the paper."""
    return parse(yaml.safe_load(files("study.report.claims").joinpath("claims.yaml").read_text(encoding="utf-8")))


def claims_of(row: str) -> tuple[Claim, ...]:
    """The claims of one row."""
    return tuple(claim for claim in claims() if claim.row == row)


def parse(content: Any) -> tuple[Claim, ...]:
    """The claims of a YAML list; `ValueError` if one of them is incomplete or not valid, or an id stands twice."""
    read = TypeAdapter(list[Claim]).validate_python(content)
    ids = [claim.id for claim in read]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"claims: every id stands once; received twice {', '.join(twice)}")
    return tuple(read)
