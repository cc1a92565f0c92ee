"""What Ray's own code raises is one sentence; what ours raises keeps its traceback."""

from collections.abc import Callable

import pytest
from ray import tune

from study.search import ray_errors
from study.system.errors import Halted, InputError


def ours() -> None:
    raise ValueError("a bug")


def rays() -> None:
    tune.uniform(0, 1).quantized(0.3)  # type: ignore[no-untyped-call]


def ours_within_rays() -> None:
    """A function of ours that Ray calls."""
    tune.sample_from(lambda config: ours()).sample()


def test_what_rays_own_code_raises_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_errors, "GIVEN", ["RAY_ONE", "TUNE_OTHER"])
    says = r"^Ray: ValueError: .*; the environment sets RAY_ONE, TUNE_OTHER$"
    with pytest.raises(Halted, match=says), ray_errors.halting():
        rays()


@pytest.mark.parametrize("call", [ours, ours_within_rays])
def test_what_ours_raises_is_not_hidden(call: Callable[[], None]) -> None:
    with pytest.raises(ValueError, match="a bug"), ray_errors.halting():
        call()


def test_a_sentence_of_ours_stays_as_it_is() -> None:
    with pytest.raises(InputError, match=r"^wrong$"), ray_errors.halting():
        raise InputError("wrong")
