"""`python -m study.evaluate` with wrong input: exit code 2, one sentence, nothing written."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from study.evaluate import app
from study.records.folder import StudyFolder
from tests.make import refused_command
from tests.rescored import Evaluate, Small, done

pytest_plugins = ["tests.rescored"]


def contents(folder: StudyFolder) -> dict[str, bytes]:
    """Every file of the study but the lock, which says nothing."""
    files = (path for path in folder.path.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path): path.read_bytes() for path in files}


OFFERS = "offers active_units, fid, frechet_pca, "

WRONG = [
    (["--metrics", "migg"], f"--metrics: received 'migg', which is not a metric; fading_squares {OFFERS}"),
    (["--metrics", "mig"], f"--metrics: received 'mig', which fading_squares does not offer; it {OFFERS}"),
    (["--metrics", "kernel_pca,"], "--metrics: received '', which is not a metric; fading_squares offers"),
    (["--metrics", "full_kernel_pca"], "--metrics: received 'full_kernel_pca', which is not a metric; fading_squares"),
    (["--metrics", "fid"], "--metrics fid: no Inception weights on this machine; set WAE_STUDY_INCEPTION_WEIGHTS to"),
    (["--trial", "9"], "--trial: received 9; no such trial has ended in "),
    (["--trial", "2"], "--trial: received 2, which is infeasible; only complete trials have values"),
    (["--trial", "0", "--trial", "3"], "--trial: received 3, whose weights are not kept; launch with --keep all to"),
    (["--device", "cuda"], "--device: received 'cuda'; PyTorch finds no GPU here"),
    (["--storage", "sqlite:////no/such.db"], "--storage: no such file: /no/such.db"),
    (["--storage", "nonsense"], "--storage: cannot be opened: Could not parse SQLAlchemy URL"),
    (["--storage", "mystery://me:secret@host/db"], "--storage: cannot be opened: "),
    (["--tracking-uri", "mlruns"], "--tracking-uri: received 'mlruns'; allowed: sqlite:///FILE"),
]


@pytest.mark.parametrize(("arguments", "expected"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_wrong_input_is_one_sentence(
    small: Small, evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: str
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setenv("TORCH_HOME", "/no/such/folder")
    before = contents(small.folder)
    said = refused_command(evaluate(*arguments))
    assert said.startswith(expected)
    assert len(said) < 400
    assert "secret" not in said
    assert contents(small.folder) == before


@pytest.mark.parametrize(
    "arguments",
    [["--size", "reduced"], ["--device", "tpu"], ["--trial", "-1"], ["--trial", "x"], ["more"]],
    ids=" ".join,
)
def test_wrong_usage_exits_2(evaluate: Evaluate, arguments: list[str]) -> None:
    refused = done(evaluate(*arguments), 2)
    assert arguments[0] in refused.stderr


def test_without_a_study_it_exits_2(tmp_path: Path) -> None:
    assert done(CliRunner().invoke(app, []), 2).stdout == ""
    nothing = CliRunner().invoke(app, [str(tmp_path / "nothing")])
    assert refused_command(nothing) == f"{tmp_path}/nothing: no study there; a study's folder holds a study.yaml"
    assert not list(tmp_path.iterdir())


def test_a_study_without_any_weights_says_how_to_keep_them(small: Small, evaluate: Evaluate) -> None:
    for trial in small.folder.trials():
        trial.weights.unlink(missing_ok=True)
    wanted = f"{small.folder.path}: no trial's weights are kept; launch with --keep all to keep every trial's"
    assert refused_command(evaluate()) == wanted


def test_other_data_are_refused_with_both_names(
    small: Small, evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from study.running import rescoring

    true = rescoring.load("fading_squares")
    monkeypatch.setattr(rescoring, "load", lambda *_: replace(true, source="official", checksum="0123456789abcdef"))
    before = contents(small.folder)
    assert refused_command(evaluate()) == (
        f"--data-root: trial 0 was trained on the data 'rendered {true.checksum[:12]}'; found 'official 0123456789ab', "
        "on which its values would mean something else; set the folder of the former"
    )
    assert contents(small.folder) == before


def test_a_storage_of_another_study_is_refused_and_left_alone(small: Small, evaluate: Evaluate, tmp_path: Path) -> None:
    import optuna

    url = f"sqlite:///{tmp_path / 'other.db'}"
    optuna.create_study(storage=url, study_name="other")
    assert refused_command(evaluate("--storage", url)) == (
        "--storage: it holds no study 'small'; give the --storage of the launch"
    )
    assert optuna.get_all_study_names(url) == ["other"]
    optuna.create_study(storage=url, study_name="small")
    assert (
        refused_command(evaluate("--storage", url))
        == "--storage: it holds another study 'small', of the objectives None; use another --storage"
    )
