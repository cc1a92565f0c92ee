"""Errors that Ray raises in its own code: no bug of a study, which can be resumed when they are put right."""

import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from study.search import GIVEN
from study.system.errors import Busy, Halted, InputError, Interrupted, one_line

_LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
"""Folders of code that is neither this project's nor a user's, unless this project is installed there too."""


@contextmanager
def halting() -> Iterator[None]:
    """Context manager that turns exceptions of Ray's own code into `Halted`, with Ray's variables that are set."""
    try:
        yield
    except (InputError, Halted, Busy, Interrupted):
        raise
    except Exception as error:
        bottom: BaseException = error
        while bottom.__cause__ is not None:
            bottom = bottom.__cause__
        if not _raised_by_ray(bottom.__traceback__):
            raise
        words = one_line(error, 300, named=True)
        which = f"; the environment sets {', '.join(GIVEN)}" if GIVEN else ""
        raise Halted(f"Ray: {words}{which}") from error


def _raised_by_ray(traceback: TracebackType | None) -> bool:
    """Whether the innermost frame is Ray's, ignoring frames of other libraries."""
    by_ray = False
    while traceback is not None:
        code = traceback.tb_frame.f_globals
        if str(code.get("__name__")).startswith("ray."):
            by_ray = True
        elif not str(code.get("__file__")).startswith(_LIBRARIES) or str(code.get("__name__")).startswith("study."):
            by_ray = False
        traceback = traceback.tb_next
    return by_ray
