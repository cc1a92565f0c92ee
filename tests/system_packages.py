"""Programs that these tests need: Debian's packages, installed where they are missing and one is root."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest


class Missing(Exception):
    """A program is not there and cannot be installed: says which, and why."""


def do_without(reason: object) -> NoReturn:
    """Skip, saying why; where all is to be run, as by CI, that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(str(reason))
    pytest.skip(str(reason))


def program(name: str, package: str, folders: tuple[str, ...] = ()) -> Path:
    """Where the program is; its Debian package is installed first if it is nowhere. `Missing` if that cannot be.

    It is looked for on the path, then in `folders`, which may be patterns: of several versions the newest is taken.
    """
    found = _find(name, folders)
    if found is None:
        _install(package)
        found = _find(name, folders)
    if found is None:
        raise Missing(f"Debian's package {package} brought no program {name}")
    return found


def _find(name: str, folders: tuple[str, ...]) -> Path | None:
    places = [path / name for pattern in folders for path in Path("/").glob(pattern.lstrip("/"))]
    there = [path for path in places if os.access(path, os.X_OK)]
    if there:
        return max(there, key=lambda path: [int(part) for part in path.parts if part.isdecimal()])
    on_path = shutil.which(name)
    return Path(on_path) if on_path else None


def _install(package: str) -> None:
    if os.geteuid() != 0:
        raise Missing(f"needs Debian's package {package}, which only root can install: apt-get install {package}")
    if shutil.which("apt-get") is None:
        raise Missing(f"needs Debian's package {package}, and there is no apt-get to install it")
    if package == "postgresql":
        # Debian's own switch: without it the package makes and starts a server of its own on port 5432.
        switch = Path("/etc/postgresql-common/createcluster.d/no-main-cluster.conf")
        switch.parent.mkdir(parents=True, exist_ok=True)
        switch.write_text("create_main_cluster = false\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run(
            ["apt-get", *arguments], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise Missing(f"apt-get {' '.join(arguments)}: {done.stderr.strip().splitlines()[-1:]}")
