"""Python's search for garbage: off within, and as it was afterwards, whatever happens."""

import gc

import pytest

from study.system.memory import collector_paused


def fail() -> None:
    with collector_paused():
        assert not gc.isenabled()
        raise ValueError("because")


def test_it_is_off_within_and_as_before_afterwards() -> None:
    assert gc.isenabled()
    with collector_paused():
        with pytest.raises(ValueError, match="because"):
            fail()
        assert not gc.isenabled()  # the end of the inner one is not that of this one
    assert gc.isenabled()
    with pytest.raises(ValueError, match="because"):
        fail()
    assert gc.isenabled()
