"""Memory of processes: how training processes hold theirs, and a pause of Python's search for garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(
        32 * 2**20
    ),  # in bytes: larger blocks are mapped and freed singly; glibc takes no more
    "MALLOC_TRIM_THRESHOLD_": str(2**30),  # in bytes: what may lie free at the end of the heap
    "MALLOC_ARENA_MAX": "1",
    "THP_MEM_ALLOC_ENABLE": "1",  # PyTorch asks for large pages
}
"""Environment variables of a training process: freed blocks stay with it, in large pages, in one heap for all threads.

They are read when the process starts, and have no effect where the C library is not glibc.

A step allocates its gradients and casts again and again. By default the C library gives blocks of that size back to
the system at once, which hands out zeroed pages the next time: a third of a step on two cores (`benchmarks/README.md`).
Trials run in threads, and kept blocks in a heap per thread would add up to gigabytes: hence the one heap.
"""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Within it, only what nothing refers to any more is freed: garbage with references in a circle waits.

    The search for garbage walks through everything that is there each time that a quarter more has come. Reading a
    study of 10,000 trials from its storage takes twice as long with it, a report a fifth longer, and there is next to
    nothing to find.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
