"""The wheel and the source distribution, built without a network, and Python that finds them before everything else."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("models", "search_spaces", "study")
"""Of the checkout. In the wheel the first two are in the third."""


def unpacked_wheel(place: Path) -> Path:
    """A folder inside `place` that holds what the wheel does."""
    wheel = _built(_source(place / "source"), place / "wheel", "wheel")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "installed")
    return place / "installed"


def installed_sdist(place: Path) -> Path:
    """A folder inside `place` into which pip installed the source distribution, without its dependencies."""
    sdist = _built(_source(place / "source"), place / "sdist", "sdist")
    target = place / "installed"
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check", "--target", target]
    command = [sys.executable, "-m", "pip", "install", "--quiet", *map(str, options), str(sdist)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)
    assert done.returncode == 0, done.stderr
    return target


def run_python(unpacked: Path, cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python with the unpacked wheel on its path, before the checkout."""
    return subprocess.run(
        [sys.executable, *arguments],
        **{"cwd": cwd, "env": {**os.environ, "PYTHONPATH": str(unpacked), **environment}, "stdin": subprocess.DEVNULL},
        capture_output=True,
        text=True,
        check=False,
    )


def _source(copy: Path) -> Path:
    """What a clone holds of what goes into the wheel: nothing that an earlier build left lies there."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for pattern in ("pyproject.toml", "LICENSE", "README.md"):
        for path in ROOT.glob(pattern):
            shutil.copy(path, copy)
    (copy / "tests").mkdir()
    (copy / "tests" / "test_nothing.py").touch()
    (copy / "README.md").touch()
    return copy


def _built(source: Path, folder: Path, kind: str) -> Path:
    folder.mkdir()
    code = f"import sys; from setuptools import build_meta; build_meta.build_{kind}(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (built,) = folder.iterdir()
    return built
