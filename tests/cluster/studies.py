"""Studies on the parts of a cluster, as a user types them, and what can be read off them afterwards."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import optuna

from study.records.folder import StudyFolder
from study.system.files import read_json

TINY = ["--set", "width=8", "--seed", "5", "--sampler", "random"]


def launch_command(runs: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "study.launch", "--output", str(runs), "--space", "fading_squares", *arguments]


def launch(runs: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        launch_command(runs, *arguments), env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def nodes_of(folder: StudyFolder) -> dict[int, list[str]]:
    """By trial, the nodes that it was begun on, oldest first."""
    begun = [trial for trial in folder.trials() if trial.attempts.exists()]
    return {int(trial.path.name): [attempt["node"] for attempt in read_json(trial.attempts)] for trial in begun}


def most_at_once(study: optuna.Study) -> int:
    """How many trials ran at the same time, at most."""
    moments = [(trial.datetime_start, 1) for trial in study.trials]
    moments += [(trial.datetime_complete, -1) for trial in study.trials]
    running = most = 0
    for _, change in sorted(moments, key=lambda moment: (str(moment[0]), moment[1])):
        running += change
        most = max(most, running)
    return most


def containing(secrets: Iterable[str], folders: Iterable[Path]) -> list[Path]:
    """The files below these folders in which one of the secrets stands."""
    wanted = [secret.encode() for secret in secrets]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if any(secret in path.read_bytes() for secret in wanted)]
