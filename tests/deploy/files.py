"""The files of `deploy/` as values, and how to change one place of them."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
GUIDE = ROOT / "docs" / "cluster.md"

Path_ = Sequence[str | int]


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8")))


def at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return value


def changed(value: Any, path: Path_, new: Any) -> Any:
    """A copy with another value at one place; None takes it out."""
    result = copy.deepcopy(value)
    place = at(result, path[:-1])
    if new is None:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return result
