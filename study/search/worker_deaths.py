"""Deaths of workers: how often a launch has tried a trial, and why the process of an attempt died.

When the process of a trial dies, Ray starts another (`study.search.schedule`), and the trial resumes from its
checkpoint. Each attempt is recorded here before it does anything else, and `study.search.worker` gives up after
`MAX_ATTEMPTS`. Attempts that ended through no fault of the trial do not count: on a node that is lost, or killed while
memory was short (`settle_out_of_memory`). A process that hangs is ended by `study.search.watchdog`. If the driver
dies, the next launch takes over its trials (`study.search.searcher`).

Whether a node is lost is looked up when attempts are counted, since Ray needs up to half a minute to detect it. A
process that dies of a segmentation fault, an abort or a bus error leaves the place in its crash file; one that is
killed leaves nothing.

When a node's memory runs short, Ray kills several workers at once, the light with the heavy, and Tune's end takes the
rest. Ray's message names those that it killed and what each used; the heaviest is held to be the cause.
"""

import faulthandler
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import ray

from study.records.folder import TrialFolder
from study.system.files import read_json, write_json

MAX_ATTEMPTS = 3
"""Attempts at a trial within one launch: then it has failed, with the reason of the last one."""

_LAST_WORDS = re.compile(r"^(?:Fatal Python error: .*|[A-Za-z_][\w.]*(?:: .*)?)$", re.MULTILINE)
"""The first line of a crash file, and the last line of a traceback: all other lines are indented or in quotes."""


@dataclass(frozen=True)
class Attempt:
    """One attempt: in which launch, in which of its runs of Ray Tune, on which of Ray's nodes, in which process."""

    launch: str
    run: int
    node: str
    pid: int


def here(launch: str, run: int) -> Attempt:
    """One that this worker of Ray makes."""
    return Attempt(launch, run, ray.get_runtime_context().get_node_id(), os.getpid())


def is_lost(node: str) -> bool:
    """Whether the node is dead according to Ray, or unknown to it."""
    return not any(each["Alive"] for each in ray.nodes() if each["NodeID"] == node)


def begin(folder: TrialFolder, attempt: Attempt, lost: Callable[[str], bool]) -> int:
    """Record an attempt that begins now. Returns its number within the launch, from 1."""
    made = [*(each for each in read(folder) if each.launch == attempt.launch), attempt]
    _write(folder, made)
    return sum(1 for each in made if each.node == attempt.node or not lost(each.node))


def last(folder: TrialFolder) -> Attempt | None:
    """The latest attempt that counts, if there is one."""
    return next(reversed(read(folder)), None)


def forgive(folder: TrialFolder) -> None:
    """The latest attempt does not count: it ended for another trial's sake."""
    _write(folder, read(folder)[:-1])


def read(folder: TrialFolder) -> list[Attempt]:
    """The attempts that count, oldest first. A file that cannot be read costs a count, not the trial."""
    try:
        return [Attempt(**each) for each in read_json(folder.attempts)]
    except (OSError, ValueError, TypeError):
        return []


@contextmanager
def crash_recorded(folder: TrialFolder) -> Iterator[None]:
    """A crash of the process within it is written into a file of its own; there is none when it ends otherwise."""
    was_on = faulthandler.is_enabled()
    with folder.crash.open("w", encoding="utf-8") as file:
        faulthandler.enable(file, all_threads=False)
        try:
            yield
        finally:
            faulthandler.disable()
            if was_on and sys.__stderr__ is not None:
                faulthandler.enable(sys.__stderr__, all_threads=False)  # as Ray has it
    folder.crash.unlink(missing_ok=True)


def collect_crash(folder: TrialFolder) -> None:
    """Make the crash of the attempt before, if there was one, the trial's last error."""
    if folder.crash.exists() and folder.crash.stat().st_size:
        folder.crash.replace(folder.error)


def last_words(folder: TrialFolder) -> str:
    """The line with the type and the message of the last error; empty if there is none."""
    if not folder.error.exists():
        return ""
    words = _LAST_WORDS.findall(folder.error.read_text(encoding="utf-8", errors="replace"))
    fatal = [line for line in words if line.startswith("Fatal")]
    return str((fatal or words or [""])[-1])


def _write(folder: TrialFolder, made: list[Attempt]) -> None:
    write_json(folder.attempts, [asdict(each) for each in made])


_KILLED = re.compile(r"Selected to kill: .*?pid=(\d+), actual memory used=([\d.]+)GB")
_NODE = re.compile(r"Memory on the node \(IP: [^,]*, ID: (\w+)\) was ([\d.]+GB used / [\d.]+GB)")


@dataclass(frozen=True)
class Kill:
    """A worker that Ray killed for memory: its node and process, and in words what it and its node used."""

    node: str
    pid: int
    words: str


def heaviest(error: str) -> Kill | None:
    """Of the workers that Ray killed, the one that used most; None if that is not what the error says."""
    killed, node = _KILLED.findall(error), _NODE.search(error)
    if not killed or node is None:
        return None
    pid, gigabytes = max(killed, key=lambda each: float(each[1]))
    return Kill(node[1], int(pid), f"killed by Ray at {gigabytes} GB, for its node was short of memory ({node[2]})")


def settle_out_of_memory(error: str, folders: Iterable[TrialFolder], launch: str, run: int) -> None:
    """After this run of Tune was ended by `error`: of the trials under way, only the cause's attempt counts."""
    kill = heaviest(error)
    if kill is None:
        return
    for folder in folders:
        attempt = last(folder)
        if attempt is None or (attempt.launch, attempt.run) != (launch, run):
            continue
        if (attempt.node, attempt.pid) == (kill.node, kill.pid):
            folder.error.write_text(f"OutOfMemoryError: {kill.words}\n", encoding="utf-8")
        else:
            forgive(folder)
