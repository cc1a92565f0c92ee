"""A study that an earlier version began is resumed, reported and scored by this one.

`begun_before.zip` is the folder of a study as the code of November 2026 left it when it was interrupted, before modules
were moved: one complete trial with its weights, one with a checkpoint, one not begun. Its pictures and MLflow's notes
were taken out.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from tests.agreement import check_agreement

STORED = Path(__file__).with_name("begun_before.zip")
PLAN = ["--set", "steps=400", "--set", "width=8", "--set", "latent_dim=3", "--sampler", "random", "--seed", "5"]
LAUNCH = ["study.launch", "--space", "fading_squares", "--trials", "3", "--concurrent", "1", "--name", "before", *PLAN]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.ci,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),  # in MLflow's own
]


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr


def test_it_is_resumed_reported_and_scored(tmp_path: Path) -> None:
    with zipfile.ZipFile(STORED) as archive:
        archive.extractall(tmp_path)
    folder = StudyFolder(tmp_path / "before")
    before, curve = read_records(folder.records), list(folder.trial(1).read_metrics())
    assert len(before) == 1
    run(*LAUNCH, "--output", str(tmp_path), "--keep", "all")
    after = check_agreement(tmp_path, "before", 3)
    assert set(after["state"]) == {"complete"}
    known = [name for name in before if name not in ("trial", "mlflow_run_id")]
    assert after.loc[0, known].tolist() == before.set_index("trial").loc[0, known].tolist()
    begun = [line["step"] for line in curve]
    assert [line["step"] for line in folder.trial(1).read_metrics()][: len(begun)] == begun

    run(*LAUNCH, "--output", str(tmp_path / "straight"))
    straight = read_records(tmp_path / "straight" / "before" / "records.csv").set_index("trial")
    assert after["config_id"].tolist() == straight["config_id"].tolist()
    assert after["seed"].tolist() == straight["seed"].tolist()
    for name in ("reconstruction", "validation_reconstruction"):  # the processors differ, and with them the rounding
        np.testing.assert_allclose(after[name], straight[name], rtol=0.02)

    run("study.report", str(folder.path))
    run("study.evaluate", str(folder.path), "--size", "full", "--metrics", "reconstruction")
    scored = read_records(folder.records)["full_reconstruction"]
    np.testing.assert_allclose(scored, after["reconstruction"], rtol=0.05)
