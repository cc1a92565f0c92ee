"""Numbers and choices as YAML gives them: no NaN, no infinity, and neither `true` nor a quoted number is a number."""

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, Strict

from study.config.messages import received

Choice = bool | int | float | str


def _plain_number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError(f"needs a number; received {received(value)}")
    return value


def _plain_choice(value: Any) -> Any:
    if not isinstance(value, Choice):
        raise ValueError(f"needs a number, text, true or false; received {received(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"needs a finite number; received {value}")
    return value


Number = Annotated[float, BeforeValidator(_plain_number)]
Whole = Annotated[int, BeforeValidator(_plain_number)]
Truth = Annotated[bool, Strict()]
PlainChoice = Annotated[Choice, BeforeValidator(_plain_choice)]
