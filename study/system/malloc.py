"""How a training process is to hold its memory: freed blocks stay with it, in large pages, in one heap for all threads.

A step allocates its gradients and casts again and again. By default the C library gives blocks of that size back to
the system at once, which hands out zeroed pages the next time: a third of a step on two cores (`benchmarks/README.md`).
Trials run in threads, and kept blocks in a heap per thread would add up to gigabytes: hence the one heap.
"""

ENVIRONMENT = {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),  # in bytes: larger blocks come and go on their own; glibc takes no more
    "MALLOC_TRIM_THRESHOLD_": str(2**30),  # in bytes: what may lie free at the end of the heap
    "MALLOC_ARENA_MAX": "1",
    "THP_MEM_ALLOC_ENABLE": "1",  # PyTorch asks for large pages
}
"""To be in the environment of a process when it starts. Without effect where the C library is not glibc."""
