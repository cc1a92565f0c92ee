"""How often a launch has tried a trial. Attempts that ended for no fault of the trial do not count.

Each attempt leaves its place, node and process, before anything can go wrong. Whether a node is lost is looked up when
the attempts are counted, for Ray needs up to half a minute to be sure of it.
"""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass

import ray

from study.records.folder import TrialFolder
from study.system.files import read_json, write_json

MAX_ATTEMPTS = 3
"""Attempts at a trial within one launch: then it has failed, with the reason of the last one."""


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
    """Whether Ray knows this node to be dead, or does not know it."""
    return not any(each["Alive"] for each in ray.nodes() if each["NodeID"] == node)


def begin(folder: TrialFolder, attempt: Attempt, lost: Callable[[str], bool]) -> int:
    """Which attempt of its launch the one is that begins now, from 1."""
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


def _write(folder: TrialFolder, made: list[Attempt]) -> None:
    write_json(folder.attempts, [asdict(each) for each in made])
