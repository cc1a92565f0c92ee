"""Damaged files of trials: they cost the trial its training, its curve or itself, and never run code or hang."""

import os
import pickle
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from study.config.trial import TrialConfig
from study.data import load
from study.records.folder import StudyFolder, TrialFolder
from study.records.outcome import Outcome
from study.records.table import TrialRecord
from study.running.rescoring import Unusable, score
from study.search import storage
from study.trial.run import run_trial
from tests.faults import mutation
from tests.faults.bounded import any_number, each_case, limited, listing
from tests.faults.small import CUT_AT, Small, make_small


class Marker:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self.path), "w")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return make_small(tmp_path_factory.mktemp("template"))


@pytest.fixture
def small(template: Small, tmp_path: Path) -> Small:
    shutil.copytree(template.folder.path, tmp_path / "runs" / "small")
    return Small(StudyFolder(tmp_path / "runs" / "small"), template.plan)


def config(small: Small, number: int) -> TrialConfig:
    study = storage.load_study(small.plan, small.folder, None)
    return storage.trial_config(study.trials[number])


def fresh(template: Small, small: Small, number: int) -> TrialFolder:
    folder = small.folder.trial(number)
    shutil.rmtree(folder.path)
    shutil.copytree(template.folder.trial(number).path, folder.path)
    return folder


def go_on(folder: TrialFolder, settings: TrialConfig) -> str:
    """How the trial goes on: `complete`, or what it raises, which the search takes for its reason."""
    try:
        with any_number():
            outcome = run_trial(settings, folder, metrics=["reconstruction"])
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    assert outcome == Outcome.read(folder)
    return outcome.state


FILES = ("checkpoint.pt", "metrics.jsonl", "trajectory.bin", "attempts.json", "mlflow.json", "error.txt")


def many(template: Small, small: Small, first: int, cases: int) -> None:
    settings = config(small, 2)
    before = listing(small.folder.path, [small.folder.trial(2).path])

    def case(number: int) -> None:
        rng = random.Random(f"trial {first + number}")
        folder = fresh(template, small, 2)
        path = folder.path / FILES[number % len(FILES)]
        path.write_bytes(mutation.bytes_of(path.read_bytes() if path.exists() else b"{}", rng))
        assert go_on(folder, settings) == "complete"
        steps = [line["step"] for line in folder.read_metrics()]
        assert steps == sorted(set(steps))
        assert steps[-1] == 40

    each_case(cases, case)
    assert listing(small.folder.path, [small.folder.trial(2).path]) == before


@pytest.mark.slow
@pytest.mark.ci
def test_damaged_bytes_cost_the_training_and_not_the_trial(template: Small, small: Small) -> None:
    many(template, small, 0, 6)


@pytest.mark.slow
def test_more_damaged_bytes(template: Small, small: Small) -> None:
    many(template, small, 1000, 90)


def test_the_template_goes_on_where_it_was_cut(template: Small, small: Small) -> None:
    """Or the tests above would show nothing."""
    folder = fresh(template, small, 2)
    assert torch.load(folder.checkpoint, weights_only=True)["step"] == CUT_AT - 1
    sound = [line for line in folder.read_metrics() if line["step"] < CUT_AT]
    assert go_on(folder, config(small, 2)) == "complete"
    assert list(folder.read_metrics())[: len(sound)] == sound


@pytest.mark.parametrize("cases", [10, pytest.param(80, marks=pytest.mark.slow)])
def test_checkpoints_of_other_values_end_the_trial_or_its_training(template: Small, small: Small, cases: int) -> None:
    """Whole files, whose content no training of ours has left."""
    settings = config(small, 2)
    sound = torch.load(small.folder.trial(2).checkpoint, weights_only=True)

    def case(number: int) -> None:
        rng = random.Random(f"checkpoint {number}")
        folder = fresh(template, small, 2)
        torch.save(mutation.value_of(sound, rng), folder.checkpoint)
        said = go_on(folder, settings)
        assert said

    each_case(cases, case)


def test_a_checkpoint_without_a_configuration_is_not_gone_on_from(template: Small, small: Small) -> None:
    folder = fresh(template, small, 2)
    torch.save({"format": 1}, folder.checkpoint)
    assert go_on(folder, config(small, 2)) == "complete"


def pickled(path: Path, marker: Path) -> None:
    path.write_bytes(pickle.dumps(Marker(marker)))


def saved(path: Path, marker: Path) -> None:
    torch.save({"format": 1, "config": Marker(marker)}, path)


def old_format(path: Path, marker: Path) -> None:
    torch.save({"format": 1, "config": Marker(marker)}, path, _use_new_zipfile_serialization=False)


def hidden(path: Path, marker: Path) -> None:
    """An archive of PyTorch whose pickle is another."""
    torch.save({"format": 1}, path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, pickle.dumps(Marker(marker)) if name.endswith("data.pkl") else content)


@pytest.mark.parametrize("make", [pickled, saved, old_format, hidden])
def test_no_code_in_a_checkpoint_or_in_weights_is_run(
    template: Small, small: Small, tmp_path: Path, make: Callable[[Path, Path], None]
) -> None:
    marker = tmp_path / "marker"
    folder = fresh(template, small, 2)
    make(folder.checkpoint, marker)
    assert go_on(folder, config(small, 2)) == "complete"
    make(small.folder.trial(0).weights, marker)
    with pytest.raises(Unusable, match=r"weights\.pt cannot be used: "):
        score_again(small, 0)
    assert not marker.exists()


def score_again(small: Small, number: int) -> dict[str, float]:
    record = TrialRecord(number, config(small, number), "complete")
    data = load("fading_squares")
    return score(record, small.folder.trial(number), data, METRICS, "standard", torch.device("cpu"))


METRICS = ("reconstruction", "frechet_pca")


def odd_weights(weights: dict[str, torch.Tensor], rng: random.Random) -> Any:
    """The weights of a model, some of them of another kind, shape or value."""
    name = rng.choice(sorted(weights))
    tensor = weights[name]
    changes: list[Callable[[], Any]] = [
        lambda: torch.full_like(tensor, rng.choice((float("nan"), float("inf"), 1e38))),
        lambda: tensor[..., :1],
        lambda: tensor.to(rng.choice((torch.complex64, torch.int8, torch.bool, torch.float64))),
        lambda: tensor.to_sparse(),
        lambda: torch.empty_like(tensor, device="meta"),
        lambda: mutation.value_of({"a": [1]}, rng),
    ]
    return rng.choice((weights | {name: rng.choice(changes)()}, weights | {name: rng.choice(changes)()}, [weights], {}))


@pytest.mark.parametrize("cases", [15, pytest.param(150, marks=pytest.mark.slow)])
def test_damaged_weights_are_not_scored_and_say_why(small: Small, cases: int) -> None:
    path = small.folder.trial(0).weights
    sound, weights = path.read_bytes(), torch.load(path, weights_only=True)
    before = listing(small.folder.path, [path.parent])

    def case(number: int) -> None:
        rng = random.Random(f"weights {number}")
        if number % 3:
            torch.save(odd_weights(weights, rng), path)
        else:
            path.write_bytes(mutation.bytes_of(sound, rng))
        try:
            with any_number():
                values = score_again(small, 0)
        except Unusable as error:
            sentence = str(error)
            assert "\n" not in sentence
        else:
            assert np.isfinite(list(values.values())).all()

    each_case(cases, case)
    assert listing(small.folder.path, [path.parent]) == before


def test_outcomes_damaged_at_random_are_outcomes(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    metrics = {"reconstruction": 1.5, "validation_reconstruction": 1.25}
    Outcome("complete", metrics=metrics, seconds={"training": 2.0}, provenance={"device": "cpu"}).write(folder)
    sound = folder.outcome.read_bytes()

    def case(number: int) -> None:
        folder.outcome.write_bytes(mutation.bytes_of(sound, random.Random(number)))
        outcome = Outcome.read(folder)
        assert outcome is not None
        assert outcome.state in ("complete", "failed")
        assert all(isinstance(value, int | float) for value in outcome.metrics.values())

    each_case(300, case)


def test_a_pipe_in_the_place_of_an_outcome_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "outcome.json")
    with limited(20):
        outcome = Outcome.read(TrialFolder(tmp_path))
    assert outcome is not None
    assert "neither a file nor a folder" in outcome.reason
