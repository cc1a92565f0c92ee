"""Numbers as a space or a configuration may give them: no text, no truth, whole where they have to be."""

from typing import Any

import pytest
from pydantic import ValidationError

from study.config.messages import sentence
from study.config.trial import APPLIES_TO, NUMBERS, WHOLE_NUMBERS
from tests.make import config


def refused(**changed: Any) -> str:
    with pytest.raises(ValidationError) as error:
        config(**changed)
    return sentence(error.value)


@pytest.mark.parametrize("name", sorted(WHOLE_NUMBERS))
def test_whole_numbers(name: str) -> None:
    extra: dict[str, Any] = {"family": min(APPLIES_TO.get(name, {"wae-gaussian"}))}
    extra |= {"images": None} if name == "steps" else {}
    assert getattr(config(**{**extra, name: 12.0}), name) == 12
    assert refused(**{**extra, name: 12.5}) == f"{name}: needs a whole number; received 12.5"


@pytest.mark.parametrize("name", sorted(NUMBERS))
@pytest.mark.parametrize("value", [True, "8", "eight", [8], float("nan"), float("inf"), -1])
def test_numbers_are_numbers(name: str, value: Any) -> None:
    family = min(APPLIES_TO.get(name, {"wae-gaussian"}))
    extra = {"images": None} if name == "steps" else {}
    assert refused(**{**extra, "family": family, name: value}).startswith(f"{name}: ")
