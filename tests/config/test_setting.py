"""Settings of families and networks: their types, limits and defaults, and how they are stored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from study.config.families import FAMILIES
from study.config.messages import sentence
from study.config.networks import NETWORKS
from study.config.setting import Setting, validated

OURS = [
    (owner, name, setting)
    for dicts in (FAMILIES, NETWORKS)
    for owner, each in dicts.items()
    for name, setting in each.settings.items()
]
STORED = TypeAdapter(Setting)


def refused(setting: Setting, value: Any) -> str:
    with pytest.raises(ValidationError) as error:
        validated({"x": setting}, {"x": value})
    return sentence(error.value)


@pytest.mark.parametrize(
    ("owner", "name", "setting"), OURS, ids=lambda part: str(part) if isinstance(part, str) else ""
)
def test_what_is_stored_of_a_setting_gives_it_back(owner: str, name: str, setting: Setting) -> None:
    assert STORED.validate_python(STORED.dump_python(setting, mode="json", exclude_defaults=True)) == setting


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        (Setting(int, 8, low=2, high=64), 8.0, 8),
        (Setting(float, 0.5), 2, 2.0),
        (Setting(bool, True), False, False),
        (Setting(str, "a", choices=("a", "b")), "b", "b"),
        (Setting(str, "free"), "any text", "any text"),
    ],
)
def test_a_value_has_the_setting_s_type(setting: Setting, value: Any, expected: Any) -> None:
    (made,) = validated({"x": setting}, {"x": value}).values()
    assert (made, type(made)) == (expected, setting.type)
    assert validated({"x": setting}, {}) == {"x": setting.default}


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        (Setting(int, 8, low=2), 1, "x: must be at least 2; received 1"),
        (Setting(int, 8, high=64), 65, "x: must be at most 64; received 65"),
        (Setting(int, 8), 8.5, "x: needs a whole number; received 8.5"),
        (Setting(float, 1.0, above=0), 0, "x: must be greater than 0; received 0"),
        (Setting(float, 1.0), "1", "x: needs a number; received '1'"),
        (Setting(float, 1.0), float("nan"), "x: needs a finite number; received nan"),
        (Setting(bool, True), 1, "x: needs true or false; received 1"),
        (Setting(str, "a", choices=("a", "b")), "c", "x: allowed: 'a' or 'b'; received 'c'"),
    ],
)
def test_what_is_not_allowed_is_one_sentence(setting: Setting, value: Any, expected: str) -> None:
    assert refused(setting, value) == expected


@pytest.mark.parametrize(
    ("arguments", "named", "expected"),
    [
        ((list,), {}, "allowed: int, float, bool, str"),
        ((int, 1), {"low": 2}, "must be at least 2"),
        ((str, "c"), {"choices": ("a", "b")}, "allowed: 'a' or 'b'"),
        ((int, 1), {"log": "yes"}, "needs true or false"),
    ],
)
def test_a_setting_that_contradicts_itself_cannot_be_made(
    arguments: tuple[Any, ...], named: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ValidationError) as error:
        Setting(*arguments, **named)
    assert expected in sentence(error.value)


@given(low=st.integers(-1000, 1000), size=st.integers(0, 1000), value=st.integers(-3000, 3000))
def test_a_whole_number_is_taken_exactly_within_its_limits(low: int, size: int, value: int) -> None:
    setting = Setting(int, low, low=low, high=low + size)
    if low <= value <= low + size:
        assert validated({"x": setting}, {"x": value}) == {"x": value}
    else:
        assert refused(setting, value).startswith("x: must be at ")
