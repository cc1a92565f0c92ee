"""Errors in given values as one line: field, rule, received value. Pydantic's errors in the user's words."""

import difflib
import reprlib
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from study.system.errors import one_line

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlevel = 2

LONGEST_MISSPELT = 100
"""Characters of a text that may be a misspelt name."""

_RULES = {
    "extra_forbidden": "unknown key",
    "missing": "required, but missing",
    "invalid_key": "a key needs to be text",
    "int_type": "needs a whole number",
    "int_parsing": "needs a whole number",
    "int_parsing_size": "needs a whole number of fewer digits",
    "int_from_float": "needs a whole number",
    "float_type": "needs a number",
    "float_parsing": "needs a number",
    "finite_number": "needs a finite number",
    "bool_type": "needs true or false",
    "bool_parsing": "needs true or false",
    "string_type": "needs text",
    "dict_type": "needs a mapping",
    "model_type": "needs a mapping",
    "tuple_type": "needs a list",
    "literal_error": "allowed: {expected}",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "needs at least one entry",
}


def sentence(error: ValidationError) -> str:
    """The first thing that is wrong, as one line. A misspelt key is named with the one that is missing."""
    errors = error.errors(include_url=False)
    first = errors[0]
    kind, location = first["type"], first["loc"]
    if location and location[-1] == "[key]":
        kind, location = kind if kind == "value_error" else "invalid_key", location[:-2]
    where = ".".join(shortened(str(part), 60) for part in location)
    if kind == "value_error":
        message = str(first["ctx"]["error"])
    else:
        rule = _RULES.get(kind)
        message = rule.format(**first.get("ctx", {})) if rule else first["msg"].lower()
        if kind not in ("extra_forbidden", "missing"):
            message += f"; received {received(first['input'])}"
        if kind == "missing":
            unknown = [each["loc"][-1] for each in errors if _unknown_beside(each, location)]
            meant = closest(location[-1], map(str, unknown))
            message += f"; received {received(meant)}, which may be meant" if meant else ""
    return one_line(f"{where}: {message}" if where else message)


def _unknown_beside(error: Any, location: tuple[Any, ...]) -> bool:
    """Whether a key in the same mapping is unknown."""
    return error["type"] == "extra_forbidden" and error["loc"][:-1] == location[:-1]


def one_of(names: Iterable[str], given: Any, more: str = "") -> str:
    """The allowed names, for a message: the one that was probably meant, or all of them if none is close.

    `more` follows the list: other allowed values.
    """
    known = list(names)
    return suggestion(given, known) or f"allowed: {', '.join(known)}{more}"


def suggestion(given: Any, names: Iterable[str]) -> str:
    """`did you mean 'dsprites'?`; empty if no name is close."""
    close = closest(given, names)
    return f"did you mean {close!r}?" if close else ""


def closest(given: Any, names: Iterable[str]) -> str | None:
    """The name that a misspelt one probably stands for, if one is close; upper and lower case are alike."""
    if not isinstance(given, str) or len(given) > LONGEST_MISSPELT:
        return None
    folded = {name.casefold(): name for name in names}
    found = difflib.get_close_matches(given.casefold(), folded, n=1, cutoff=0.8)
    return folded[found[0]] if found else None


def described(error: Exception) -> str:
    """An error in one line: pydantic's in the user's words, others with their class."""
    return sentence(error) if isinstance(error, ValidationError) else one_line(error, named=True)


def shortened(text: str, most: int = 200) -> str:
    """The text, cut to its beginning if it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def received(value: Any) -> str:
    """A received value as it is shown in a message: a few words, even if it is long or nested."""
    try:
        return _SHORT.repr(value)
    except ValueError:
        return "a number of thousands of digits"
