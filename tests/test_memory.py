"""Freed memory that stays with the process, told by the page faults of a process of its own."""

import os
import platform
import subprocess
import sys

import pytest

CODE = """
import resource
from study.memory import keep_freed_memory
if {kept}:
    keep_freed_memory()
import torch

def use() -> None:
    blocks = [torch.ones(5_000_000) for _ in range(2)]  # 20 MB each: weights of the paper's first layer

use()
use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
use()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
PAGES = 40_000_000 // os.sysconf("SC_PAGE_SIZE")


def faults(kept: bool) -> int:
    done = subprocess.run([sys.executable, "-c", CODE.format(kept=kept)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's malloc only")
def test_memory_that_was_freed_is_used_again_without_the_system() -> None:
    assert faults(kept=True) < 0.02 * PAGES


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's malloc only")
def test_without_it_the_pages_are_fetched_anew() -> None:
    """The reason for the setting; where it no longer holds, the setting can go."""
    assert faults(kept=False) > 0.5 * PAGES
