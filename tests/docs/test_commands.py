"""Every command and Python block of the pages is run, in their order, in a copy of the code: as typed, but tiny.

The rule, for `python -m study.launch` alone: at most three trials (two where the page names no number) of 2,000 images
and 16 units, one at a time, and of a space in `search_spaces` no metrics but its objectives. What is typed twice is run
once. A report on studies that no page has made is one on those in `results/paper`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import ORDER, ROOT, blocks, module
from tests.docs.test_blocks import is_shown, reason

pytestmark = pytest.mark.slow

TINY = ["--set", "images=2000", "--set", "width=16", "--concurrent", "1"]
SOURCES = (".py", ".yaml")
SIZES = re.compile(r"(images|steps|width)=")
POINTS = "docs/search.md"
"""The page whose list in YAML is the `points.yaml` of its commands."""


def steps(*pages: str) -> list[tuple[str, str]]:
    """What is run of these pages, each with its language."""
    return list(
        dict.fromkeys(
            (block.language, step)
            for page in pages
            for block in blocks(page)
            if block.language == "sh" or (block.language == "python" and not is_shown(block))
            for step in (block.commands() if block.language == "sh" else [block.text])
            if not (block.language == "sh" and reason(step))
        )
    )


IN_CI = steps("README.md", "docs/score_your_codes.md", "docs/tour.md")
"""The tour needs nothing of the pages before it but the README."""

CASES = [
    pytest.param(*step, id=step[1].splitlines()[0][:70], marks=[pytest.mark.ci] if step in IN_CI else [])
    for step in steps(*ORDER)
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the commands use and change."""
    place = tmp_path_factory.mktemp("tour")
    for folder in ("models", "study", "search_spaces", "examples"):
        shutil.copytree(ROOT / folder, place / folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    (points,) = (block.text for block in blocks(POINTS) if block.language == "yaml" and block.text.startswith("- "))
    (place / "points.yaml").write_text(points, encoding="utf-8")
    return place


def tiny_space(name: str, place: Path) -> str:
    """A space of `search_spaces` without metrics beside its objectives, as a file whose studies have the same name."""
    path = place / "spaces" / f"{name.replace('/', '-')}.yaml"
    path.parent.mkdir(exist_ok=True)
    content = yaml.safe_load((ROOT / "search_spaces" / f"{name}.yaml").read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(content | {"metrics": []}, sort_keys=False), encoding="utf-8")
    return str(path)


def tiny(words: list[str], place: Path) -> list[str]:
    """A launch as the rule says."""
    kept: list[str] = []
    trials = 2
    pairs = iter(words)
    for word in pairs:
        value = next(pairs) if word in ("--space", "--trials", "--set") else ""
        match word:
            case "--space":
                kept += [word, value if value.endswith(".yaml") else tiny_space(value, place)]
            case "--trials":
                trials = 3
            case "--set":
                kept += [] if SIZES.match(value) else [word, value]
            case _:
                kept.append(word)
    return [*kept, "--trials", str(trials), *TINY]


def prepared(language: str, step: str, place: Path) -> list[str]:
    """The words of the process that runs a step."""
    if language == "python":
        return [sys.executable, "-W", "error", "-c", step]
    words = shlex.split(step)
    if words[0] == "python":
        words[0] = sys.executable
    if module(step) == "study.launch":
        words = [*words[:3], *tiny(words[3:], place)]
    if module(step) == "study.report":
        for study in (place / word for word in words[3:] if word.startswith("runs/paper-")):
            if not study.exists():
                shutil.copytree(ROOT / "results" / "paper" / study.name.removeprefix("paper-"), study)
    return words


@pytest.mark.parametrize(("language", "step"), CASES)
def test_it_runs(language: str, step: str, workspace: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(workspace), "PYTHONSAFEPATH": "1", "RAY_worker_niceness": "0"}
    done = subprocess.run(
        prepared(language, step, workspace),
        **{"cwd": workspace, "env": environment, "stdin": subprocess.DEVNULL},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.ci
def test_what_is_added_on_the_pages_changes_no_file_and_adds_none(workspace: Path) -> None:
    for folder in ("models", "study", "search_spaces", "examples"):
        kept = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.*") if path.suffix in SOURCES}
        there = {path.relative_to(workspace) for path in (workspace / folder).rglob("*.*") if path.suffix in SOURCES}
        assert there == kept
        assert not [path for path in kept if (workspace / path).read_bytes() != (ROOT / path).read_bytes()]


@pytest.mark.ci
def test_what_was_added_was_searched_and_measured(workspace: Path) -> None:
    from study.records.table import read_records

    trials = read_records(workspace / "runs" / "rings" / "records.csv")
    assert set(trials["family"]) == {"beta-vae", "info-vae"}
    assert set(trials["dataset"]) == {"rings"}
    assert (trials["state"] == "complete").all()
    assert trials[["total_correlation", "validation_total_correlation", "mig"]].notna().all(axis=None)
    of_info_vae = trials["family"] == "info-vae"
    assert (trials["matching"].notna() == of_info_vae).all()
    assert (trials["kernel"].eq("imq") == of_info_vae).all()
    first = read_records(workspace / "runs" / "first" / "records.csv")
    assert first["total_correlation"].notna().any()
