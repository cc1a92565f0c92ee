"""The arms for real: each launched for the same wall time, interrupted, and measured by what it left. An anecdote.

A few seeds on one machine say whether the parts work together; which arm is better is for the simulation to say. Unlike
there, a trial's time depends on its batches, starting takes time, and trials under way at the end count nothing.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search.measures import Yardstick
from benchmarks.search.simulation import Arm
from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.records.table import RUNG, VALIDATION
from study.system.errors import InputError
from study.system.files import read_json

GRACE = 120.0
"""Seconds that a study has to end after it was interrupted."""

MOST_TRIALS = 100_000
"""More than any time allows: it is the time that ends a study."""

ENDED = {0, 130}
"""Exit codes of a study that ended as it should: done, interrupted."""


@dataclass(frozen=True)
class Found:
    """What a study had when `seconds` of its time were over: images of ended trials, their number by state, volumes."""

    seconds: float
    images: int
    complete: int
    pruned: int
    hypervolume: float
    share: float


def study_name(arm: Arm, seed: int) -> str:
    return f"{arm.name}-{seed:02d}"


def kept(path: Path, asked: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """By study, what the file at `path` has of earlier runs that were asked for with the same; empty without one."""
    earlier = read_json(path) if path.exists() else {}
    found: dict[str, list[dict[str, Any]]] = earlier.get("anecdotal", {})
    return found if all(earlier.get(key) == value for key, value in asked.items()) else {}


def launch(arm: Arm, seed: int, seconds: float, output: Path, settings: Sequence[str]) -> StudyFolder:
    """Run the arm's study in a folder of `output` for so long. `InputError` if it ends for another reason."""
    name = study_name(arm, seed)
    stopping = "--no-early-stopping" if arm.rule == "none" else "--early-stopping"
    command = [sys.executable, "-m", "study.launch", "--space", "dsprites", "--name", name, "--output", str(output)]
    command += ["--sampler", arm.sampler, stopping, "--seed", str(seed), "--trials", str(MOST_TRIALS), "--keep", "none"]
    command += [word for setting in settings for word in ("--set", setting)]
    if (output / name).exists():
        raise InputError(f"--runs: {output / name} is there already, and would be gone on with; give another folder")
    output.mkdir(parents=True, exist_ok=True)
    log = output / f"{name}.log"
    with (
        log.open("w") as written,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT) as process,
    ):
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.terminate()  # and not Ctrl-C's signal, which a study begun in the background is deaf to
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                raise InputError(f"real: {name} did not end within {GRACE:g} s of its interruption") from None
    if process.returncode not in ENDED:
        raise InputError(f"real: {name} ended with exit code {process.returncode}: {_last_line(log)}")
    return StudyFolder(output / name)


def _last_line(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]


def over_time(folder: StudyFolder, begun: float, moments: Sequence[float], stick: Yardstick) -> list[Found]:
    """What the study, begun at that clock time, had found after so many seconds.

    A trial ends when its outcome is there.
    """
    plan = StudyPlan.load(folder.plan)
    ended: list[tuple[float, Outcome]] = []
    for trial in folder.trials():
        outcome = Outcome.read(trial)
        if outcome is not None and outcome.state in ("complete", "pruned"):
            ended.append((trial.outcome.stat().st_mtime - begun, outcome))
    return [_found(plan, [outcome for at, outcome in ended if at <= moment], moment, stick) for moment in moments]


def _found(plan: StudyPlan, outcomes: list[Outcome], seconds: float, stick: Yardstick) -> Found:
    complete = [outcome.metrics for outcome in outcomes if outcome.state == "complete"]
    pruned = [outcome.metrics for outcome in outcomes if outcome.state == "pruned"]
    names = [VALIDATION + objective.name for objective in plan.space.objectives]
    hypervolume, share = stick.volumes(np.array([[metrics[name] for name in names] for metrics in complete]))
    images = len(complete) * int(plan.settings["images"]) + sum(int(metrics[RUNG]) for metrics in pruned)
    return Found(seconds, images, len(complete), len(pruned), hypervolume, share)


def print_anecdote(found: dict[str, list[dict[str, Any]]]) -> None:
    """One row an arm, a seed and a moment."""
    print("\nAnecdotal: a few studies on one machine. Which arm is better is for `simulate` to say.\n")
    print("| Study | seconds | images of ended trials | complete | stopped | hypervolume | share of the paper's box |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, moments in found.items():
        for m in moments:
            cells = f"{m['seconds']:.0f} | {m['images']:,} | {m['complete']} | {m['pruned']}"
            print(f"| {name} | {cells} | {m['hypervolume']:.4g} | {m['share']:.3f} |")
