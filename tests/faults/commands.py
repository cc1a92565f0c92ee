"""Small studies by the command that a user types, to be killed and gone on with."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from study.records.folder import StudyFolder

TRIALS = 3

ONE_FAMILY = ["--set", "family=wae-uniform"]
"""Three trials are compared with each other; of three families, each would be alone."""

STUDIES = {
    "random": ["--sampler", "random", "--concurrent", "2"],
    "grid": ["--sampler", "grid", "--concurrent", "2", "--set", "lambda_mmd=50", "--set", "kernel_bandwidth=1"],
    "tpe": ["--sampler", "tpe", "--concurrent", "1"],
    "stopped": ["--sampler", "random", "--concurrent", "1", "--set", "batch_size=100", "--early-stopping", *ONE_FAMILY],
}
"""Ways to search whose results do not depend on which trial ends first, or when."""

SETTINGS = ["--set", "width=8", "--set", "latent_dim=3", "--set", "steps=300", "--seed", "5"]


def command(runs: Path, name: str, *more: str) -> list[str]:
    """The command of the study of this name in `STUDIES`; checkpoints come often, for its trials are short."""
    options = ["--space", "fading_squares", "--trials", str(TRIALS), "--name", name, "--output", str(runs)]
    frequent = ["--checkpoint-seconds", "0.2"]
    return [sys.executable, "-m", "study.launch", *options, *frequent, *SETTINGS, *STUDIES[name], *more]


def launch(runs: Path, name: str, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        command(runs, name, *more),
        env=os.environ | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def curves(folder: StudyFolder) -> dict[int, list[dict[str, Any]]]:
    """By trial, each line of its metrics file, without times."""
    return {
        int(trial.path.name): [
            {key: value for key, value in line.items() if key not in ("time", "seconds")}
            for line in trial.read_metrics()
        ]
        for trial in folder.trials()
    }
