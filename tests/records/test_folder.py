"""The folder of a study: names that stay inside, files that are whole or as they were, metrics a crash cut short."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.records.folder import StudyFolder, TrialFolder, valid_name
from study.system.errors import InputError


@pytest.mark.parametrize("name", ["dsprites", "paper-figure4", "A.b_c-1", "0", "x" * 100])
def test_names_that_are_folders(name: str) -> None:
    assert valid_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "/a", "a\\b", ".hidden", "-rf", "_x", "a b", "a\n", "ä", "x" * 101]
)
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(InputError, match=r"--name: received .*; allowed: letters, digits") as error:
        valid_name(name)
    assert "\n" not in str(error.value)


@given(st.text(max_size=20))
def test_no_name_leaves_the_output_folder(name: str) -> None:
    try:
        path = Path("/runs") / valid_name(name)
    except InputError:
        return
    assert path.resolve().parent == Path("/runs").resolve()


def test_where_things_lie(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    assert folder.trial(7).path == tmp_path / "trials" / "0007"
    named = [folder.plan, folder.database, folder.records, folder.report, folder.figures, folder.lock, folder.ray]
    trial = folder.trial(0)
    named += [trial.metrics, trial.checkpoint, trial.weights, trial.outcome, trial.attempts, trial.lock, trial.error]
    named += [trial.mlflow, trial.pictures]
    assert len({str(path) for path in named}) == len(named)
    assert all(path.is_relative_to(tmp_path) for path in named)


def test_a_path_without_a_name_is_the_folder_that_it_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = tmp_path / "demo"
    (study / "figures").mkdir(parents=True)
    monkeypatch.chdir(study)
    for path in (Path(), study, Path("figures/.."), Path("../demo"), Path(f"{study}//")):
        folder = StudyFolder(path)
        assert folder.path.name == "demo"
        assert folder.path.parent.resolve() == tmp_path
        assert folder.confirmed.path.resolve() == tmp_path / "demo-confirmed"
    assert StudyFolder(Path("..")).path == tmp_path
    assert StudyFolder(Path("/")).confirmed.path == Path("/-confirmed")


def test_a_link_to_a_study_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "far" / "study").mkdir(parents=True)
    (tmp_path / "near").symlink_to(tmp_path / "far" / "study")
    assert StudyFolder(tmp_path / "near").path == tmp_path / "near"


def test_trials_come_by_number(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    assert list(folder.trials()) == []
    for number in (10000, 3, 9999, 0):
        folder.trial(number).path.mkdir(parents=True)
    (tmp_path / "trials" / "notes").mkdir()
    assert [trial.path.name for trial in folder.trials()] == ["0000", "0003", "9999", "10000"]


def test_metrics_come_back_in_order(tmp_path: Path) -> None:
    trial = TrialFolder(tmp_path)
    assert list(trial.read_metrics()) == []
    lines = [{"step": step, "loss": 1 / (step + 1)} for step in range(5)]
    for line in lines:
        trial.append_metrics(line)
    assert list(trial.read_metrics()) == lines


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_last_line_that_was_cut_is_left_out(tmp_path: Path, cut: int) -> None:
    trial = TrialFolder(tmp_path)
    trial.append_metrics({"step": 0, "loss": 1.5})
    trial.append_metrics({"step": 1, "loss": 0.5})
    content = trial.metrics.read_bytes()
    trial.metrics.write_bytes(content[:-cut])
    assert list(trial.read_metrics()) == [{"step": 0, "loss": 1.5}]


def test_what_is_truncated_can_be_written_again(tmp_path: Path) -> None:
    trial = TrialFolder(tmp_path)
    for step in range(6):
        trial.append_metrics({"step": step, "images": 10 * step, "seconds": 0.5})
    with trial.metrics.open("a") as file:
        file.write('{"step": 6, "lo')
    trial.truncate_metrics(3)
    trial.append_metrics({"step": 4, "again": 1})
    assert [line["step"] for line in trial.read_metrics()] == [0, 1, 2, 3, 4]
    assert all(json.loads(line) for line in trial.metrics.read_text().splitlines())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-32-le"])
def test_a_line_in_another_encoding_than_utf_8_is_not_kept(tmp_path: Path, encoding: str) -> None:
    trial = TrialFolder(tmp_path)
    trial.append_metrics({"step": 0, "images": 0, "seconds": 0.5})
    kept = trial.metrics.read_bytes()
    line = json.dumps({"step": 1, "images": 10, "seconds": 1.5}).encode(encoding)
    trial.metrics.write_bytes(kept + line + b"\n")
    trial.truncate_metrics(1)
    assert trial.metrics.read_bytes() == kept


def test_nothing_to_truncate_is_an_empty_file_that_reads_as_none(tmp_path: Path) -> None:
    trial = TrialFolder(tmp_path)
    trial.truncate_metrics(-1)
    assert list(trial.read_metrics()) == []


def test_only_lines_that_have_a_text_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = TrialFolder(tmp_path)
    for step in range(50):
        trial.append_metrics({"step": step, "validation_loss" if step % 10 == 0 else "train_loss": 0.5})
    parsed: list[str] = []
    loads = json.loads
    monkeypatch.setattr(json, "loads", lambda text: (parsed.append(text), loads(text))[1])
    assert [line["step"] for line in trial.read_metrics(having='"validation_')] == [0, 10, 20, 30, 40]
    assert len(parsed) == 5


@pytest.mark.parametrize("line", ['{"step": 1,\n', '"step": 1}\n', "[1]\n", "\n"])
def test_a_line_that_is_not_whole_is_not_passed_over(tmp_path: Path, line: str) -> None:
    trial = TrialFolder(tmp_path)
    trial.append_metrics({"step": 0})
    with trial.metrics.open("a") as file:
        file.write(line)
    lines = trial.read_metrics(having="nowhere")
    if line == "[1]\n":
        assert list(lines) == [[1]]  # which the reader can see is no line of metrics
    else:
        with pytest.raises(ValueError, match=r"Expecting|Extra data"):
            list(lines)
