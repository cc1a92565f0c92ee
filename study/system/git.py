"""The commit of a folder that git knows."""

import os
import subprocess
from pathlib import Path


def commit_of(folder: Path) -> str:
    """The commit of the folder's repository, with `-dirty` if tracked files differ from it; empty without git."""
    return _git(folder, "describe", "--always", "--tags", "--dirty", "--abbrev=12") or ""


def repository_of(folder: Path) -> Path | None:
    """The root of the repository that the folder is in."""
    found = _git(folder, "rev-parse", "--show-toplevel")
    return Path(found).resolve() if found else None


def _git(folder: Path, *arguments: str) -> str | None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        result = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip() if result.returncode == 0 else None
