"""Parameter: one searched dimension of a space, with the condition under which it exists."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from study.config.messages import received
from study.config.values import Choice, Number, PlainChoice, Truth


class Parameter(BaseModel):
    """Either `choices`, or a range `low` … `high`, both ends included.

    `log` samples a range on the logarithmic scale; `integer` gives whole numbers; `zero` is the chance of exactly 0
    (which a logarithmic range cannot reach). `when` names other parameters and the values under which this one exists.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    choices: tuple[PlainChoice, ...] | None = None
    low: Number | None = None
    high: Number | None = None
    log: Truth = False
    integer: Truth = False
    zero: Number = Field(default=0.0, ge=0, lt=1)
    when: dict[str, tuple[PlainChoice, ...]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _one_value_is_a_list_of_one(cls, values: Any) -> Any:
        if isinstance(values, dict) and isinstance(values.get("when"), dict):
            when = {key: v if isinstance(v, list | tuple) else [v] for key, v in values["when"].items()}
            values = {**values, "when": when}
        return values

    @model_validator(mode="after")
    def _choices_or_range(self) -> Self:
        if self.choices is not None:
            if self.low is not None or self.high is not None or self.log or self.integer or self.zero:
                raise ValueError("choices stand alone; received low, high, log, integer or zero beside them")
            if not self.choices:
                raise ValueError("choices needs at least one value; received none")
            if len(set(self.choices)) < len(self.choices):
                raise ValueError(f"choices must differ; received {received(list(self.choices))}")
            return self
        if self.low is None or self.high is None:
            raise ValueError("needs choices, or both low and high")
        if self.low >= self.high:
            raise ValueError(f"low must be less than high; received low={self.low:g}, high={self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"a logarithmic range starts above 0; received low={self.low:g}")
        if self.integer and (self.low != int(self.low) or self.high != int(self.high)):
            raise ValueError(f"an integer range has whole ends; received low={self.low:g}, high={self.high:g}")
        return self

    def exists(self, others: dict[str, Any]) -> bool:
        """Whether the parameter exists, given these values of the others."""
        return all(key in others and others[key] in allowed for key, allowed in self.when.items())

    def takes(self, value: Any) -> bool:
        """Whether the parameter has this value with a chance above 0: of a range that is not whole, 0 at most."""
        if self.choices is not None:
            return value in self.choices
        if isinstance(value, bool | str):
            return False
        if value == 0 and self.zero > 0:
            return True
        assert self.low is not None
        assert self.high is not None
        return self.integer and self.low <= value <= self.high and value == int(value)

    def checked(self, value: Any) -> Choice:
        """The value in the parameter's own type: 8 for 8.0 if 8 is a choice. `ValueError` for any other value."""
        if self.choices is not None:
            for choice in self.choices:
                if choice == value and isinstance(choice, bool) == isinstance(value, bool):
                    return choice
            raise ValueError(f"received {received(value)}; allowed are {', '.join(map(str, self.choices))}")
        assert self.low is not None
        assert self.high is not None
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value == 0 and self.zero > 0:
                return 0.0
            if self.low <= value <= self.high and (not self.integer or value == int(value)):
                return int(value) if self.integer else float(value)
        whole, zero = "whole numbers " if self.integer else "", ", and 0" if self.zero > 0 else ""
        raise ValueError(f"received {received(value)}; allowed are {whole}{self.low:g} to {self.high:g}{zero}")

    def ends(self) -> tuple[Choice, ...]:
        """All choices; of a range its two ends, and 0 if `zero` is above 0."""
        if self.choices is not None:
            return self.choices
        assert self.low is not None
        assert self.high is not None
        whole = (int(self.low), int(self.high)) if self.integer else (self.low, self.high)
        return (*whole, 0.0) if self.zero else whole
