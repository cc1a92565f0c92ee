"""When a disk takes no more: it is full, over its quota, or read-only. No trial is to blame for that."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from study.system.errors import Halted

_REFUSALS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def refusal(error: BaseException) -> str | None:
    """The system's words for it, with the file, if that is at the bottom of `error`; else None."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and link.errno in _REFUSALS:
            words = os.strerror(link.errno)
            return f"{link.filename}: {words}" if link.filename else words
        link = link.__cause__ or link.__context__
    return None


@contextmanager
def halting() -> Iterator[None]:
    """Turn errors within it that mean a full or failing disk into `Halted`."""
    try:
        yield
    except Exception as error:
        words = refusal(error)
        if words is None:
            raise
        raise Halted(words) from None
