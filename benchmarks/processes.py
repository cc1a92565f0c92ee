"""Processor time and memory of a command and of the processes that it starts, from Linux's /proc."""

import os
import time
from collections import defaultdict
from pathlib import Path
from typing import Literal

import numpy as np

Role = Literal["command", "worker", "ray"]

MEMORY_SECONDS = 5.0
"""Between looks at memory: the kernel walks all pages of a process for one."""

DATA = ".bits"
"""How the file ends that holds the images."""

_TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """`look` now and then while the command runs; what came to light, afterwards."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.times: list[float] = []
        self._seconds: list[dict[int, float]] = []
        self._roles: dict[int, Role] = {}
        self._memory: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._looked = 0.0

    def look(self) -> None:
        now = time.time()
        parents, seconds = _processes()
        before = self._seconds[-1] if self._seconds else {}
        here = _descendants(self.pid, parents)
        self.times.append(now)
        self._seconds.append({**before, **{pid: seconds[pid] for pid in here}})  # of the ended, what they had had
        for pid in here:
            if self._roles.get(pid) != "worker":  # Ray gives a process its name when it becomes one
                self._roles[pid] = _role(pid, self.pid)
        if now - self._looked >= MEMORY_SECONDS:
            self._looked = now
            for pid in _descendants(self.pid, parents):
                if (used := memory(pid)) is not None:
                    self._memory[pid].append(used)

    def cpu_between(self, begun: float, ended: float) -> dict[Role, float]:
        """Seconds of processor time by role, between two clock times."""
        found: dict[Role, float] = {"command": 0.0, "worker": 0.0, "ray": 0.0}
        for pid, role in self._roles.items():
            curve = [seconds.get(pid, 0.0) for seconds in self._seconds]
            found[role] += float(np.diff(np.interp([begun, ended], self.times, curve))[0])
        return found

    def memory(self) -> dict[str, float]:
        """Bytes, at their most: of one worker on average, of the command, and of all of Ray's own processes."""
        most: dict[Role, list[np.ndarray]] = defaultdict(list)
        for pid, looks in self._memory.items():
            most[self._roles[pid]].append(np.max(np.array(looks), axis=0))
        found = {}
        for place, kind in enumerate(("private", "proportional")):
            found[f"worker_{kind}"] = float(np.mean([used[place] for used in most["worker"]]))
            found[f"command_{kind}"] = float(sum(used[place] for used in most["command"]))
            found[f"ray_{kind}"] = float(sum(used[place] for used in most["ray"]))
        return found


def memory(pid: int) -> tuple[int, int] | None:
    """Private and proportional memory of a process in bytes, without the data; None if it has ended.

    Private is what no other process has mapped; proportional counts a shared page, such as a library's, as its share.
    The data are a file that all workers map, whose pages the system may drop at any time.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps").read_text().splitlines()
    except OSError:
        return None
    counted, private, proportional = True, 0, 0
    for line in lines:
        name, _, rest = line.partition(":")
        if " " in name:  # the first line of a mapping: addresses, rights, …, and the file, if it is one's
            counted = not line.endswith(DATA)
        elif counted and name in ("Private_Clean", "Private_Dirty"):
            private += int(rest.split()[0])
        elif counted and name == "Pss":
            proportional += int(rest.split()[0])
    return 1024 * private, 1024 * proportional


def _role(pid: int, command: int) -> Role:
    if pid == command:
        return "command"
    try:
        name = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        name = b""
    return "worker" if name.startswith(b"ray::ImplicitFunc") else "ray"  # what Tune calls a function's actor


def _processes() -> tuple[dict[int, int], dict[int, float]]:
    """Parent and seconds of processor time of every process."""
    parents, seconds = {}, {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            parents[int(path.name)] = int(fields[1])
            seconds[int(path.name)] = (int(fields[11]) + int(fields[12])) / _TICKS
    return parents, seconds


def _descendants(pid: int, parents: dict[int, int]) -> list[int]:
    found = [pid] if pid in parents else []
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found
