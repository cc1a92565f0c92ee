"""The allocation of Ray's cores and GPUs to trials: each has the largest part of which all that run at once have one.

A trial runs on one node, so that what counts is what each node has, not their sum. Free of Ray, so that a command can
say it before Ray is imported.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from study.system.errors import InputError

CHECKPOINT_SECONDS = 30.0
"""Seconds between two checkpoints of a training, by default."""

STALL_SECONDS = 3600.0
"""Longest time without a change in a trial's folder, by default. Training leaves checkpoints, but the metrics of a
trained model may take a processor long."""

UNIT = 1e-4
"""Smallest part of a core or GPU that Ray counts."""


@dataclass(frozen=True)
class Resources:
    """Resources of trials: how many run at once, and what each gets. None: decided from the resources of Ray.

    `address` is that of a Ray cluster; without one Ray is started here. `timeout` and `stall` are in seconds: of one
    attempt at a trial, and of one without a sign of life. `checkpoint`, in seconds: the most that a training may lose.
    `data_root` is where official data files are, on every node.
    """

    address: str | None = None
    concurrent: int | None = None
    gpus_per_trial: float | None = None
    timeout: float | None = None
    stall: float = STALL_SECONDS
    checkpoint: float = CHECKPOINT_SECONDS
    data_root: Path | None = None


@dataclass(frozen=True)
class Node:
    """The resources of one node of Ray."""

    cpus: float
    gpus: float = 0.0


@dataclass(frozen=True)
class Share:
    """Trials at once, and the cores and GPUs that each of them has. None: as many as there is room for at any time."""

    concurrent: int | None
    cpus: float
    gpus: float

    @property
    def threads(self) -> int:
        return max(1, int(self.cpus))


def share_of(nodes: Sequence[Node], resources: Resources) -> Share:
    """One trial a core, or 1 / `gpus_per_trial` a GPU, unless `resources.concurrent` is given.

    On a cluster that was joined the number is left open unless it was given: a node that comes later gets trials too.
    `InputError` if no node has the GPUs that a trial is to have.
    """
    most_gpus = max((node.gpus for node in nodes), default=0.0)
    gpus = resources.gpus_per_trial if resources.gpus_per_trial is not None else min(most_gpus, 1.0)
    if gpus > most_gpus:
        raise InputError(f"--gpus-per-trial: received {gpus:g}; the largest number on a node of Ray is {most_gpus:g}")
    hosts = [node for node in nodes if node.cpus > 0 and node.gpus >= gpus]
    room = sum(_times(node.gpus, gpus) if gpus else int(node.cpus) for node in hosts)
    wanted = max(1, room if resources.concurrent is None else min(resources.concurrent, room if gpus else math.inf))
    given = resources.concurrent is not None or resources.address is None
    return Share(int(wanted) if given else None, cpus=_cpus(hosts, gpus, int(wanted)), gpus=gpus)


def _cpus(hosts: Sequence[Node], gpus: float, wanted: int) -> float:
    """The most cores that a trial can have if `wanted` of them are to find room."""
    parts = {math.floor(node.cpus / count / UNIT + UNIT) for node in hosts for count in range(1, wanted + 1)}
    for part in sorted(parts - {0}, reverse=True):
        cpus = part * UNIT
        if sum(min(_times(node.cpus, cpus), _times(node.gpus, gpus) if gpus else wanted) for node in hosts) >= wanted:
            return round(cpus, 4)
    return UNIT


def _times(whole: float, part: float) -> int:
    """How often `part` fits into `whole`."""
    return math.floor(round(whole / UNIT) / round(part / UNIT)) if round(part / UNIT) else 0
