"""Memory of a training process: kept when it is freed, in large pages, instead of fetched anew at every step.

A step allocates its gradients and casts again and again. By default the C library gives blocks of that size back to
the system at once, which hands out zeroed pages the next time: a third of a step on two cores (`benchmarks/README.md`).
"""

import ctypes
import os

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""`mallopt`'s numbers, from glibc's malloc.h."""

LARGEST_KEPT = 32 * 2**20
"""In bytes: blocks above it are mapped on their own and given back. It is the most that glibc takes."""


def keep_freed_memory() -> None:
    """Have this process keep freed memory, and PyTorch ask for large pages. To be called before PyTorch is imported.

    Without effect where the C library is not glibc, and on large pages where Linux has them switched off.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # PyTorch looks at it once, when it first allocates
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return
    mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
    mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
