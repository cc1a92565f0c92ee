"""The signals by which a user, a closing terminal or the system asks a command to end."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def handled(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """They call `handler` within it; but one that is ignored stays so, as `nohup` and a shell's `&` want it."""
    heeded = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, handler) for number in heeded]
    try:
        yield
    finally:
        for number, earlier in zip(heeded, before, strict=True):
            signal.signal(number, earlier)
