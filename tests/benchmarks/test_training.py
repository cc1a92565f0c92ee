"""The training benchmarks at toy size: every contender trains, and what is written is what was measured."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.training import summary


def run(output: Path, *arguments: str) -> tuple[str, Any]:
    command = [sys.executable, "-m", *arguments, "--width", "8", "--device", "cpu", "--output", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout, json.loads(output.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_every_contender_trains(tmp_path: Path) -> None:
    arguments = ["--rounds", "1", "--images", "40", "--batch", "20", "--families", "wae-deterministic"]
    printed, written = run(tmp_path / "training.json", "benchmarks.training", *arguments)
    rates = written["steps per second"]["wae-deterministic, batch 20"]
    contenders = {"fit", "bare", "roofline", "mmd"} | ({"pythae"} if find_spec("pythae") else set())
    assert {label.split()[0] for label in rates} == contenders
    assert all(row["median"] > 0 for row in rates.values())
    assert rates["fit float32"]["of roofline"] > 0
    assert written["machine"]["torch"]
    assert "| fit bfloat16 |" in printed
    assert ("not measured" in printed) == (find_spec("pythae") is None)


@pytest.mark.slow
def test_models_train_side_by_side(tmp_path: Path) -> None:
    _, written = run(tmp_path / "throughput.json", "benchmarks.throughput", "--steps", "2", "--together", "5")
    row = written["trials at once"]["5"]
    assert row["hours of figure 4"] == pytest.approx(270 * 60_000 / row["steps per second"] / 3600, rel=0.01)


def test_a_contender_is_compared_round_by_round_with_pythae_and_its_own_roofline() -> None:
    rates = {
        "fit bfloat16": np.array([20.0, 10.0, 30.0]),
        "roofline bfloat16": np.array([40.0, 20.0, 30.0]),
        "roofline float32": np.array([16.0, 16.0, 16.0]),
        "pythae float32": np.array([8.0, 5.0, 10.0]),
    }
    rows = summary(rates)
    assert rows["fit bfloat16"] == {"median": 20, "min": 10, "max": 30, "of pythae": 2.5, "of roofline": 0.5}
    assert rows["pythae float32"] == {"median": 8, "min": 5, "max": 10, "of roofline": 0.5}
    assert rows["roofline bfloat16"] == {"median": 30, "min": 20, "max": 40}
