"""How often a launch has tried a trial. An attempt that ended with its node does not count: the trial is not to blame.

Each attempt leaves the node that it ran on before anything can go wrong. Whether a node is lost is looked up when the
attempts are counted, for Ray needs up to half a minute to be sure of it.
"""

from collections.abc import Callable

import ray

from study.folder import TrialFolder, read_json, write_json

MAX_ATTEMPTS = 3
"""Attempts at a trial within one launch: then it has failed, with the reason of the last one."""


def begin(folder: TrialFolder, launch: str, node: str, lost: Callable[[str], bool]) -> int:
    """Which attempt of this launch the one is that begins now on `node`, from 1."""
    nodes = [*_nodes(folder, launch), node]
    write_json(folder.attempts, {"launch": launch, "nodes": nodes})
    return sum(1 for each in nodes if each == node or not lost(each))


def mark(folder: TrialFolder) -> bytes:
    """What tells the attempt that has just begun from every other: it is the same until another begins."""
    return folder.attempts.read_bytes()


def here() -> str:
    """The node that this worker of Ray runs on."""
    node: str = ray.get_runtime_context().get_node_id()
    return node


def is_lost(node: str) -> bool:
    """Whether Ray knows this node to be dead, or does not know it."""
    return not any(each["Alive"] for each in ray.nodes() if each["NodeID"] == node)


def _nodes(folder: TrialFolder, launch: str) -> list[str]:
    """Where this launch's earlier attempts ran, oldest first."""
    if not folder.attempts.exists():
        return []
    earlier = read_json(folder.attempts)
    return list(earlier["nodes"]) if earlier["launch"] == launch else []
