"""Ray's out-of-memory error, which ends a whole run of Ray Tune: whose fault it was, and whose it was not.

When a node's memory runs short, Ray kills several workers at once, the light with the heavy, and Tune's end takes the
rest. Ray's message names those that it killed and what each used; the heaviest is held to be the cause.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from study.records.folder import TrialFolder
from study.search import worker_deaths

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


def settle(error: str, folders: Iterable[TrialFolder], launch: str, run: int) -> None:
    """After this run of Tune was ended by `error`: of the trials under way, only the cause's attempt counts."""
    kill = heaviest(error)
    if kill is None:
        return
    for folder in folders:
        attempt = worker_deaths.last(folder)
        if attempt is None or (attempt.launch, attempt.run) != (launch, run):
            continue
        if (attempt.node, attempt.pid) == (kill.node, kill.pid):
            folder.error.write_text(f"OutOfMemoryError: {kill.words}\n", encoding="utf-8")
        else:
            worker_deaths.forgive(folder)
