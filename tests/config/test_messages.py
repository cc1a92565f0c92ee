"""Values and keys as they are shown in a sentence: short, whatever was given."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from study.config.messages import one_of, received, sentence, shortened


def test_a_long_value_is_shown_by_its_beginning_and_its_end() -> None:
    assert received(0.5) == "0.5"
    assert received("wae") == "'wae'"
    assert len(received("x" * 10_000)) <= 60
    assert received([[[[1]]]]) == "[[[...]]]"
    assert received(10**5000) == "a number of thousands of digits"


def test_a_long_key_is_shown_by_its_beginning() -> None:
    assert shortened("latent_dim") == "latent_dim"
    assert shortened("x" * 300, 10) == "xxxxxxx..."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("dSprites", "did you mean 'dsprites'?"),
        ("dsprite", "did you mean 'dsprites'?"),
        ("Paper/Figure4", "did you mean 'paper/figure4'?"),
        ("faces", "allowed: dsprites, paper/figure4"),
        (3, "allowed: dsprites, paper/figure4"),
        ("x" * 10_000, "allowed: dsprites, paper/figure4"),
    ],
)
def test_a_name_that_is_close_is_suggested_in_place_of_all(given: Any, expected: str) -> None:
    assert one_of(["dsprites", "paper/figure4"], given) == expected


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    parameters: int


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    one: Inner


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"one": {"paramters": 1}}, "one.parameters: required, but missing; received 'paramters', which may be meant"),
        ({"one": {"other": 1}}, "one.parameters: required, but missing"),
        ({"one": {}, "parameter": 1}, "one.parameters: required, but missing"),
    ],
)
def test_a_misspelt_key_is_named_beside_the_missing_one(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError) as error:
        Outer.model_validate(given)
    assert sentence(error.value) == expected
