"""Scoring again: what is computed, where it is kept, and what stays as it was."""

import math
import signal
from typing import Any

import pytest
import torch

from study.records.folder import StudyFolder, read_note
from study.records.table import FULL
from study.running import rescoring
from study.running.rescoring import change_between
from study.search import storage
from tests.rescored import TAKEN_OUT, Evaluate, GiveScores, Small, done

pytest_plugins = ["tests.rescored"]


def notes(folder: StudyFolder) -> list[dict[str, str]]:
    """What the folder says of the MLflow runs of its trials."""
    return [read_note(trial.mlflow) for trial in folder.trials()]


def test_a_lacking_metric_comes_to_storage_records_mlflow_and_report(small: Small, evaluate: Evaluate) -> None:
    """The values are, digit for digit, those that the trial itself would have had."""
    uri = small.mirrored()
    before, page = small.rows(), small.shown(uri)
    assert TAKEN_OUT not in before[0]
    said = done(evaluate())
    assert "scored 2 trials, 2 with new values" in said.stdout
    assert TAKEN_OUT in said.stdout
    assert said.stderr == ""

    rows, records = small.rows(), {r.trial: r for r in storage.records(small.study, small.folder)}
    runs = small.shown(uri)
    for number in (0, 1):
        true = small.true[number]
        assert records[number].metrics[TAKEN_OUT] == true[TAKEN_OUT]
        assert rows[number][TAKEN_OUT] == true[TAKEN_OUT]
        assert runs[number].data.metrics[TAKEN_OUT] == true[TAKEN_OUT]
        assert records[number].metrics == true
        assert rows[number]["scored_again"] == runs[number].data.tags["scored_again"]
        assert " on " in rows[number]["scored_again"]
        assert rows[number]["mlflow_run_id"] == runs[number].info.run_id == page[number].info.run_id
        assert runs[number].info.status == "FINISHED"
        assert runs[number].info.end_time == page[number].info.end_time
    for number in (2, 3):
        assert {**rows[number], "mlflow_run_id": ""} == {**before[number], "mlflow_run_id": ""}
        assert "scored_again" not in runs[number].data.tags
    assert small.folder.report.exists()


def test_the_same_again_changes_nothing(small: Small, evaluate: Evaluate) -> None:
    done(evaluate())
    rows, attributes, notes_before = small.rows(), small.study.user_attrs, notes(small.folder)
    said = done(evaluate())
    assert "scored 2 trials, 0 with new values" in said.stdout
    assert said.stdout.count("nothing new") == 2
    assert (small.rows(), small.study.user_attrs, notes(small.folder)) == (rows, attributes, notes_before)


def test_full_size_has_names_of_its_own(small: Small, evaluate: Evaluate, scores: GiveScores) -> None:
    full = scores(reconstruction=3.0, frechet_pca=4.0)
    done(evaluate("--size", "full", "--trial", "1"))
    assert full.calls == [("test", "full")]
    row = small.rows()[1]
    assert (row[FULL + "reconstruction"], row[FULL + "frechet_pca"]) == (3.0, 4.0)
    assert row["reconstruction"] == small.true[1]["reconstruction"]
    assert "frechet_pca" not in row
    assert FULL + "reconstruction" not in small.rows()[0]


def test_what_search_was_told_stays_and_the_difference_is_said(
    small: Small, evaluate: Evaluate, scores: GiveScores
) -> None:
    """Objectives keep their values, other metrics get the new ones; what computed them is in the record."""
    scores(reconstruction=3.0, reconstruction_mean=2.0)
    before = small.rows()[0]
    said = done(evaluate("--trial", "0"))
    assert "reconstruction of 1 trial differs from the stored value by up to " in said.stdout
    assert "reconstruction_mean of" not in said.stdout
    after = small.rows()[0]
    assert {name for name in after if after[name] != before.get(name)} - {"mlflow_run_id", "scored_again"} == {
        "reconstruction_mean"
    }
    assert after["reconstruction_mean"] == 2.0


def test_a_value_within_rounding_is_the_same() -> None:
    before = {"mig": 0.5, "reconstruction": 80.0}
    now = {"mig": 0.5 * (1 + 1e-7), "reconstruction": 80.0001, "sap": 0.0}
    change = change_between(before, now, {"reconstruction"})
    assert change.new == {"sap": 0.0}
    assert change.kept == {"reconstruction": pytest.approx(1e-4 / 80.0001)}
    assert change_between({"mig": 0.0}, {"mig": 0.25}, set()).new == {"mig": 0.25}
    assert change_between({"mig": 0.0}, {"mig": 0.25}, {"mig"}).kept == {"mig": 1.0}


def test_only_the_metrics_that_are_named(small: Small, evaluate: Evaluate, scores: GiveScores) -> None:
    before = small.rows()[0]["reconstruction_batch"]
    scores(kernel_pca=1.0, frechet_pca=2.0, reconstruction_batch=3.0)
    done(evaluate("--metrics", "kernel_pca, frechet_pca", "--metrics", "frechet_pca", "--trial", "0"))
    row = small.rows()[0]
    assert (row["kernel_pca"], row["frechet_pca"], row["reconstruction_batch"]) == (1.0, 2.0, before)
    assert before != 3.0
    scores(reconstruction_batch=3.0)
    done(evaluate("--metrics", "reconstruction_batch", "--trial", "0"))
    assert (small.rows()[0]["kernel_pca"], small.rows()[0]["reconstruction_batch"]) == (1.0, 3.0)


def test_each_scoring_is_named_once(
    small: Small, evaluate: Evaluate, scores: GiveScores, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores(kernel_pca=1.0, frechet_pca=2.0)
    monkeypatch.setattr(rescoring, "device_name", lambda device: "one")
    monkeypatch.setattr(rescoring, "code_version", lambda: "v1")
    done(evaluate("--trial", "0"))
    assert small.rows()[0]["scored_again"] == "v1 on one"
    scores(kernel_pca=1.5, frechet_pca=2.0)
    monkeypatch.setattr(rescoring, "code_version", lambda: "v2")
    done(evaluate("--trial", "0"))
    assert small.rows()[0]["scored_again"] == "v2 on one; v1 on one"
    assert small.rows()[0]["code_version"] == small.rows()[3]["code_version"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_keeps_what_is_scored(
    small: Small, evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    handler, calls = signal.getsignal(number), []

    def interrupted(model: Any, dataset: Any, part: str, *_: Any) -> dict[str, float]:
        calls.append(part)
        if len(calls) > 1:
            signal.raise_signal(number)
        return {"frechet_pca": 7.0}

    monkeypatch.setattr(rescoring, "evaluate", interrupted)
    said = done(evaluate(), 130)
    assert said.stderr == "interrupted; 1 trial is scored and kept; to score the rest: --trial 1\n"
    assert small.rows()[0]["frechet_pca"] == 7.0
    assert "frechet_pca" not in small.rows()[1]
    assert signal.getsignal(number) is handler
    calls.clear()
    done(evaluate("--trial", "1"))
    assert small.rows()[1]["frechet_pca"] == 7.0


@pytest.mark.parametrize("damage", ["cut", "changed", "text", "other model", "not finite"])
def test_a_model_that_cannot_be_used_does_not_keep_back_the_others(
    small: Small, evaluate: Evaluate, scores: GiveScores, damage: str
) -> None:
    weights = small.folder.trial(0).weights
    content = weights.read_bytes()
    match damage:
        case "cut":
            weights.write_bytes(content[: len(content) // 2])
        case "changed":
            middle = len(content) // 2
            other = bytes(255 - byte for byte in content[middle : middle + 64])
            weights.write_bytes(content[:middle] + other + content[middle + 64 :])
        case "text":
            weights.write_text("weights")
        case "other model":
            torch.save({"weight": torch.zeros(2)}, weights)
        case "not finite":
            state = torch.load(weights, weights_only=True)
            torch.save({name: torch.full_like(value, math.nan) for name, value in state.items()}, weights)
    if damage != "not finite":
        scores(**{TAKEN_OUT: 2.5})
    said = done(evaluate("--metrics", TAKEN_OUT))
    assert "1/2 trial 0" in said.stdout
    assert "scored 1 trial, 1 with new values" in said.stdout
    assert said.stderr.startswith("trial 0 could not be scored: ")
    assert said.stderr.count("\n") == 1
    assert TAKEN_OUT not in small.rows()[0]
    assert small.rows()[1][TAKEN_OUT] == (small.true[1][TAKEN_OUT] if damage == "not finite" else 2.5)


def test_nothing_that_could_be_scored_is_exit_code_1(small: Small, evaluate: Evaluate) -> None:
    for number in (0, 1):
        small.folder.trial(number).weights.write_bytes(b"")
    said = done(evaluate(), 1)
    assert said.stderr.count("could not be scored") == 2
    assert not [key for key in small.study.user_attrs if key.startswith(storage.SCORES_ATTRIBUTE)]
