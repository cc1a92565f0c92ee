"""Memory: the garbage collector paused, and variables of the allocator."""

import gc
import os
import platform
import subprocess
import sys

import pytest

from study.system.memory import MALLOC, collector_paused


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


CODE = """
import resource
import threading
import torch

def use():
    blocks = [torch.ones(5_000_000) for _ in range(6)]  # 20 MB each, as the first layer of the paper's network

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(sum([faults() for _ in range(12)][4:]))
"""
PAGES = 120_000_000 // os.sysconf("SC_PAGE_SIZE")


def faults(environment: dict[str, str]) -> int:
    """Of eight threads in turn, each of which uses as much memory as four before it have used and freed."""
    plain = {name: value for name, value in os.environ.items() if name not in MALLOC}
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=plain | environment)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's malloc only")
def test_memory_that_was_freed_is_used_again_without_the_system() -> None:
    """Half of what one thread uses, for all eight of them. Without the settings it is what one or two of them use."""
    assert faults(MALLOC) < 0.5 * PAGES
