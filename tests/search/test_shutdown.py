"""What ends a run: the first signal or loss is remembered until it can be raised."""

import os
import signal

import pytest

from study.search.shutdown import Shutdown
from study.system.errors import Halted, Interrupted


def test_a_signal_is_remembered_and_raised_later() -> None:
    ending = Shutdown()
    with ending:
        ending.check()
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
        with pytest.raises(Interrupted, match="SIGTERM"):
            ending.check()


def test_the_first_loss_stands() -> None:
    ending = Shutdown()

    def fail() -> None:
        raise OSError(28, "No space left on device")

    assert ending.guarded(fail) is None
    ending.halt("something else")
    with pytest.raises(Halted, match="No space left on device"):
        ending.check()
