"""Ray's memory monitor kills the workers of a real study: the hungry trial fails in the end, with its reason, the light
one does not, and the command ends as it should."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.system.files import read_json
from tests.figures import seen

SPACE = {
    "name": "hungry",
    "dataset": "fading_squares",
    "objectives": {"mean_pixel_deviation": "minimize", "reconstruction": "minimize"},
    "parameters": {"width": {"choices": [8, 10_000]}},
    "fixed": {"family": "vae", "latent_dim": 2, "batch_size": 100},
    "sampler": "grid",
    "presets": {"quick": {"steps": 1500}},
}
ROOM = 3.0
"""Gigabytes between what the machine uses now and where Ray begins to kill: a light study needs two, a wide model
eight."""


def memory() -> tuple[float, float]:
    """Gigabytes in use, and in all."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    total, available = kilobytes["MemTotal"] / 2**20, kilobytes["MemAvailable"] / 2**20
    return total - available, total


@pytest.mark.slow
def test_the_trial_that_takes_too_much_memory_fails_and_only_that(tmp_path: Path) -> None:
    used, total = memory()
    if total - used < 2 * ROOM:
        pytest.skip(f"needs {2 * ROOM:g} GB of free memory")
    (tmp_path / "hungry.yaml").write_text(yaml.safe_dump(SPACE))
    options = ["--space", str(tmp_path / "hungry.yaml"), "--output", str(tmp_path), "--concurrent", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "study.launch", *options],
        env=os.environ | {"RAY_memory_usage_threshold": f"{(used + ROOM) / total:.4f}"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    folder = StudyFolder(tmp_path / "hungry")
    table = read_records(folder.records).set_index("width")
    assert table.loc[8, "state"] == "complete"
    assert table.loc[10_000, "state"] == "failed"
    assert "its process died 3 times; last error: OutOfMemoryError: killed by Ray at" in table.loc[10_000, "reason"]
    seen(str(table.loc[10_000, "reason"]))
    hungry = folder.trial(int(table.loc[10_000, "trial"]))
    assert len(read_json(hungry.attempts)) == 4  # the last one found that there had been three
