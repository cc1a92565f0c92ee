"""Errors in Python's words."""

import pytest

from study.system.errors import Busy, Halted, InputError, Interrupted
from study.system.in_python import argument_names, errors_in_python


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("--preset: received 'huge'", "preset: received 'huge'"),
        ("--trial-timeout: received 0", "trial_timeout: received 0"),
        ("--set width: needs a number", "settings width: needs a number"),
        ("use another --name for this one", "use another name for this one"),
        ("a--b, runs/x--y and -- stay", "a--b, runs/x--y and -- stay"),
    ],
)
def test_options_are_named_as_arguments(sentence: str, named: str) -> None:
    assert argument_names(sentence) == named


@pytest.mark.parametrize("kind", [InputError, Busy, Halted])
def test_an_error_stays_of_its_kind(kind: type[Exception]) -> None:
    with pytest.raises(kind, match="use another name"), errors_in_python():
        raise kind("use another --name")


def test_an_interrupted_study_is_a_keyboard_interrupt_that_no_handler_of_exceptions_swallows() -> None:
    said = "SIGINT; finished work is kept; repeat the same call to resume"
    with pytest.raises(KeyboardInterrupt, match=said), errors_in_python():
        raise Interrupted("SIGINT")
