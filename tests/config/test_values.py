"""Numbers as a space or a configuration may give them: no text, no truth, whole where they have to be."""

from typing import Any

import pytest
from pydantic import ValidationError

from study.config.families import families_with
from study.config.messages import sentence
from study.config.trial import numbers, whole_numbers
from tests.make import config


def refused(**changed: Any) -> str:
    with pytest.raises(ValidationError) as error:
        config(**changed)
    return sentence(error.value)


def having(setting: str) -> str:
    """A family that has the setting, and needs no other."""
    return "beta-vae" if setting == "beta" else max(families_with(setting) - {"beta-vae", "wae-uniform"})


@pytest.mark.parametrize("name", sorted(whole_numbers()))
def test_whole_numbers(name: str) -> None:
    extra: dict[str, Any] = {"family": having(name)}
    extra |= {"images": None} if name == "steps" else {}
    assert config(**{**extra, name: 12.0})[name] == 12
    assert refused(**{**extra, name: 12.5}) == f"{name}: needs a whole number; received 12.5"


@pytest.mark.parametrize("name", sorted(numbers()))
@pytest.mark.parametrize("value", [True, "8", "eight", [8], float("nan"), float("inf"), -1])
def test_numbers_are_numbers(name: str, value: Any) -> None:
    family = having(name)
    extra = {"images": None} if name == "steps" else {}
    assert refused(**{**extra, "family": family, name: value}).startswith(f"{name}: ")
