"""What was typed into a command line: numbers, settings and folders, or one sentence."""

from pathlib import Path

import pytest

from study.terminal.options import check_folders, check_number, overrides_of
from tests.make import refused


def test_settings_are_read_as_a_space_reads_them() -> None:
    given = ["latent_dim=8", "beta=0.5", "family=wae-gaussian", "tanh_mean=true", "name=a=b"]
    assert overrides_of(given) == {
        "latent_dim": 8,
        "beta": 0.5,
        "family": "wae-gaussian",
        "tanh_mean": True,
        "name": "a=b",
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["beta"], "--set: expected SETTING=VALUE, received 'beta'"),
        (["=4"], "--set: expected SETTING=VALUE, received '=4'"),
        (["beta=1", "beta=2"], "--set: 'beta' is given twice"),
        (["beta=["], "--set beta: received '[', which is not a value"),
    ],
)
def test_what_is_no_setting_is_one_sentence(given: list[str], sentence: str) -> None:
    assert refused(overrides_of, given) == sentence


def test_numbers_are_finite_and_not_too_large() -> None:
    check_number("--trials", None)
    check_number("--trials", 5, most=5)
    assert refused(check_number, "--trials", float("nan")) == "--trials: needs a finite number; received nan"
    assert refused(check_number, "--trials", 0, 1) == "--trials: must be at least 1; received 0"
    assert refused(check_number, "--trials", 6, most=5) == "--trials: must be at most 5; received 6"


def test_folders_are_of_this_machine(tmp_path: Path) -> None:
    check_folders(tmp_path, tmp_path / "new")
    assert refused(check_folders, Path("s3://bucket")).endswith("received s3:/bucket; mount it first")
    (tmp_path / "file").touch()
    assert refused(check_folders, tmp_path / "file") == f"--output: {tmp_path / 'file'} is not a folder"
