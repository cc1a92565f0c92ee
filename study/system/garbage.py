"""Python's search for garbage, paused where very much is made that is kept.

The search walks through everything that is there each time that a quarter more has come. Reading a study of 10,000
trials from its storage takes twice as long with it, a report a fifth longer, and there is next to nothing to find.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Within it, only what nothing refers to any more is freed: garbage with references in a circle waits."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
