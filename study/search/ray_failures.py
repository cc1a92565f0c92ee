"""What Ray raises in its own code: it is not a bug of a study, and the study can go on when it is put right."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from study.errors import Busy, Halted, InputError, Interrupted
from study.search import SETTINGS

_OURS = ("study.", "tests.", "benchmarks.")
_SET_HERE = {*SETTINGS, "RAY_AUTH_MODE", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"}


@contextmanager
def halting() -> Iterator[None]:
    """What Ray's own code raises within it is `Halted`: one sentence, with Ray's variables in the environment."""
    try:
        yield
    except (InputError, Halted, Busy, Interrupted):
        raise
    except Exception as error:
        if not _raised_by_ray(error.__traceback__):
            raise
        words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        given = [name for name in os.environ if name.startswith(("RAY_", "TUNE_")) and name not in _SET_HERE]
        which = f"; the environment sets {', '.join(sorted(given))}" if given else ""
        raise Halted(f"Ray: {words}{which}") from error


def _raised_by_ray(traceback: TracebackType | None) -> bool:
    """Whether the innermost frame that is Ray's or ours is Ray's."""
    innermost = ""
    while traceback is not None:
        module = f"{traceback.tb_frame.f_globals.get('__name__', '')}."
        if module.startswith(("ray.", *_OURS)):
            innermost = module
        traceback = traceback.tb_next
    return innermost.startswith("ray.")
