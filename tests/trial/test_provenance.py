"""Provenance: the commit with its dirty flag, versions without imports, and nothing about the person."""

import subprocess
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import torch

import study
from study.config.trial import TrialConfig
from study.data.dataset import Dataset, Images, split
from study.trial.provenance import code_version, device_name, provenance

CONFIG = TrialConfig(dataset="dsprites", family="wae-gaussian", seed=0, steps=1, latent_dim=2)


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = (tmp_path / "repository").resolve()
    root.mkdir()
    git(root, "init", "--quiet")
    (root / "code.py").write_text("a = 1\n")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "first")
    return root


def test_a_clean_tree_is_its_commit_and_a_changed_one_is_dirty(repository: Path) -> None:
    commit = git(repository, "rev-parse", "--short=12", "HEAD")
    assert code_version.__wrapped__(repository) == commit
    (repository / "code.py").write_text("a = 2\n")
    assert code_version.__wrapped__(repository) == f"{commit}-dirty"


def test_an_installation_inside_somebody_elses_repository_is_the_version(repository: Path) -> None:
    (repository / "site-packages").mkdir()
    assert code_version.__wrapped__(repository / "site-packages") == study.__version__


def test_without_a_repository_or_without_git_it_is_the_version(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code_version.__wrapped__(tmp_path) == study.__version__
    monkeypatch.setenv("PATH", "")
    assert code_version.__wrapped__(repository) == study.__version__


def test_the_environment_of_a_hook_does_not_mislead(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    assert code_version.__wrapped__(tmp_path) == study.__version__


def test_what_a_trial_came_from() -> None:
    images = Images(np.zeros((20, 4), dtype=np.uint8), "uint8", (1, 2, 2))
    dataset = Dataset("dsprites", images, split(20), "rendered", "0123456789abcdef")
    found = provenance(CONFIG, dataset, "cpu")
    assert found["torch"] == version("torch")
    assert found["optuna"] == version("optuna")
    assert found["data"] == "rendered 0123456789ab"
    assert found["precision"] == "bfloat16"
    assert found["threads"] == str(torch.get_num_threads())
    assert found["device"] == device_name(torch.device("cpu")) != ""
    assert all(isinstance(value, str) and value for value in found.values())
    assert str(Path.home()) not in repr(found)
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
    assert abs(int(found["peak_memory_mib"]) - peak) <= 1 + peak // 100


def test_a_library_that_is_not_there_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.trial.provenance.LIBRARIES", ("no-such-library",))
    dataset = Dataset("d", Images(np.zeros((20, 4), np.uint8), "uint8", (1, 2, 2)), split(20), "made", "")
    found = provenance(CONFIG, dataset, "cpu")
    assert found["no-such-library"] == "none"
    assert found["data"] == "made"
