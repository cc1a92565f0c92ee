"""Types of values read from YAML: no NaN, no infinity, and neither `true` nor a quoted number is a number."""

import math
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Strict

from study.config.messages import received

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""A name that can be a folder's and cannot leave the folder that it is in."""

NAME_RULE = "allowed: letters, digits, '.', '_' and '-', starting with a letter or digit"

Choice = bool | int | float | str

LARGEST_WHOLE = 2**63 - 1
"""The largest whole number: what databases and arrays hold."""


def _plain_number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError(f"needs a number; received {received(value)}")
    _check_whole(value)
    return value


def _plain_whole(value: Any) -> Any:
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        _check_whole(int(value))
    return _plain_number(value)


def _check_whole(value: Any) -> None:
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise ValueError(f"needs a number of 64 bits at most; received {received(value)}")


def _plain_choice(value: Any) -> Any:
    if not isinstance(value, Choice):
        raise ValueError(f"needs a number, text, true or false; received {received(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"needs a finite number; received {value}")
    _check_whole(value)
    return value


def _plain_name(value: str) -> str:
    if not NAME_PATTERN.fullmatch(value):
        raise ValueError(f"received {received(value)}; {NAME_RULE}")
    return value


Number = Annotated[float, BeforeValidator(_plain_number)]
Whole = Annotated[int, BeforeValidator(_plain_whole)]
Truth = Annotated[bool, Strict()]
PlainChoice = Annotated[Choice, BeforeValidator(_plain_choice)]
Name = Annotated[str, AfterValidator(_plain_name)]
"""A text that may be the name of a folder or file, and cannot lead out of where that is made."""
