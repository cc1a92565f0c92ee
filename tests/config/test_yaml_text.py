"""Plain values of YAML have one reading: where YAML 1.1 and YAML 1.2 differ they have none."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.config.yaml_text import Misread, read_yaml, write_yaml

ALIKE: dict[str, Any] = {
    **{"0": 0, "-0": 0, "+7": 7, "8": 8, "1500": 1500, "1_500": 1500, "6_000_000": 6_000_000, "9" * 30: int("9" * 30)},
    **{"0.5": 0.5, ".5": 0.5, "-.5": -0.5, "+.5": 0.5, "1.": 1.0, "1_000.5": 1000.5, "010.5": 10.5},
    **{
        "1e3": 1000.0,
        "1e-3": 0.001,
        "1.0e-3": 0.001,
        "1.5E+3": 1500.0,
        "-.5e1": -5.0,
        ".inf": math.inf,
        "-.INF": -math.inf,
    },
    **{"true": True, "True": True, "FALSE": False, "null": None, "~": None, "": None},
    **{"'010'": "010", '"yes"': "yes", "'1:30'": "1:30", "!!str 010": "010", "'2024-01-01'": "2024-01-01"},
    **{
        "wae-gaussian": "wae-gaussian",
        "8 px": "8 px",
        "0,5": "0,5",
        "1,000": "1,000",
        "1.2.3": "1.2.3",
        "12:99": "12:99",
    },
}

NUMBERS = [
    *("010", "-010", "+010", "0777", "00", "007", "08", "0o10", "0o17", "0b101", "0x1F", "-0x10", "0_7", "1__0", "1_"),
    *(
        "1:30",
        "190:20:30",
        "-1:30",
        "1:30.5",
        "1_0:30",
        "1._5",
        "!!int 010",
        "!!int '010'",
        "!!int 8.5",
        "!!float 1:30",
    ),
]
TRUTHS = ["yes", "no", "on", "off", "Yes", "NO", "On", "OFF", "!!bool yes"]
DATES = ["2024-01-01", "2024-13-45", "2024-01-01T00:00:00Z", "2024-1-1 0:00:00", "!!timestamp 2024-01-01"]


@pytest.mark.parametrize(("text", "value"), ALIKE.items(), ids=list(ALIKE))
def test_what_has_one_reading(text: str, value: Any) -> None:
    received = read_yaml(text)
    assert (received, type(received)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        *(
            (text, "a number is written in decimal digits, without zeros before them, and text in quotes")
            for text in NUMBERS
        ),
        *((text, "allowed: true and false, and text in quotes") for text in TRUTHS),
        *((text, "text that looks like a date is written in quotes") for text in DATES),
    ],
)
def test_what_has_two_is_refused_wherever_it_stands(text: str, rule: str) -> None:
    said = (
        f"received {text.split(' ', 1)[-1].strip(chr(39))!r} in line"
        if text[0] == "!"
        else f"received {text!r} in line"
    )
    for content, where in [
        (text, f"{said} 1; "),
        (f"a:\n  b: [1, {text}]", f"a.b.1: {said} 2; "),
        (f"- c: {text}", f"0.c: {said} 1; "),
        (f"a:\n  ? {text}\n  : 1", f"a: {said} 2; "),
        (f"a: &x {text}\nb: *x", f"a: {said} 1; "),
        (f"a: &x {{c: {text}}}\nb: {{<<: *x}}", f"a.c: {said} 1; "),
        (f"%YAML 1.1\n---\na: {text}", f"a: {said} 3; "),
    ]:
        with pytest.raises(Misread) as error:
            read_yaml(content)
        assert str(error.value) == where + rule


@pytest.mark.parametrize(
    "text", [*NUMBERS[:20], *TRUTHS[:8], *DATES[:4], "-.5", "1e3", "8", "true", "~", "", "0o9", "y", "="]
)
def test_text_that_looks_like_a_value_is_written_in_quotes(text: str) -> None:
    assert read_yaml(write_yaml({"a": text, text: [text]})) == {"a": text, text: [text]}


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
LIKE_NUMBERS = st.from_regex(r"[-+0-9._:obxeE]{1,6}", fullmatch=True)


@given(
    st.recursive(
        PLAIN | LIKE_NUMBERS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LIKE_NUMBERS, inner, max_size=3),
        max_leaves=8,
    )
)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read_yaml(write_yaml(value)) == value


def test_a_key_is_shown_only_if_it_is_text() -> None:
    with pytest.raises(ValueError, match=r"'\\x1b' in line 1 is not a character of a text"):
        read_yaml('"\\e[2J": 010')
    with pytest.raises(Misread, match=r"^\?: received '010'"):
        read_yaml("{[1]: 010}")
