"""One trial: which values it measures on which images, and how one ends that has no finite values or no memory."""

import math
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
import torch

from study.config.trial import TrialConfig
from study.evaluation import Size
from study.evaluation.sizes import EvaluationPart
from study.records.folder import TrialFolder
from study.records.outcome import Outcome
from study.records.table import RUNG, VALIDATION
from study.trial import run as trial_run
from study.trial.fit import Progress

METRICS, OBJECTIVES = ["reconstruction", "mean_pixel_deviation"], ["reconstruction"]

Measured = tuple[EvaluationPart, Size, list[str]]


class Evaluation:
    """Replaces the evaluation: `asked` records the calls; each part, size and metric has a value of its own."""

    def __init__(self, **values: float) -> None:
        self.asked: list[Measured] = []
        self.values = values

    def __call__(
        self, model: object, dataset: object, part: EvaluationPart, size: Size, device: object, wanted: Collection[str]
    ) -> dict[str, float]:
        self.asked.append((part, size, list(wanted)))
        return self.given(part, size, wanted)

    def given(self, part: EvaluationPart, size: Size, wanted: Collection[str], prefix: str = "") -> dict[str, float]:
        """What it answers, under names with this prefix."""
        number = {("validation", "reduced"): 10.0, ("validation", "standard"): 20.0, ("test", "standard"): 30.0}
        values = {name: number[part, size] + METRICS.index(name) for name in wanted}
        return {prefix + name: self.values.get(f"{part}_{name}", value) for name, value in values.items()}


class Cut(Exception):
    """The process of a trial is gone."""


def evaluated(
    folder: TrialFolder, monkeypatch: pytest.MonkeyPatch, evaluation: Evaluation, cut: int | None = None
) -> tuple[Outcome, dict[int, dict[str, float]]]:
    """The outcome of a trial of 40 steps with rungs after steps 10 and 25, and what it reported after each step.

    With `cut` it leaves a checkpoint at every step, and ends when it reports that one.
    """
    reported: dict[int, dict[str, float]] = {}

    def report(progress: Progress, values: dict[str, float]) -> None:
        if progress.step == cut:
            raise Cut
        reported[progress.step] = values

    monkeypatch.setattr(trial_run, "evaluate", evaluation)
    monkeypatch.setattr(trial_run, "describe", lambda dataset, part, size, *_: {"described": f"{part} {size}"})
    config = TrialConfig(dataset="fading_squares", family="vae", seed=1, steps=40, latent_dim=2, width=8, batch_size=20)
    outcome = trial_run.run_trial(
        config,
        folder,
        metrics=METRICS,
        objectives=OBJECTIVES,
        rungs={10: 200, 25: 500},
        checkpoint_seconds=30 if cut is None else 0,
        report=report,
    )
    return outcome, reported


def test_test_images_are_measured_once_when_search_can_no_longer_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rungs and learning curves are of validation images, and so are the objectives that search is told."""
    evaluation = Evaluation()
    outcome, reported = evaluated(TrialFolder(tmp_path), monkeypatch, evaluation)
    milestone: Measured = ("validation", "reduced", METRICS)
    assert evaluation.asked == [
        milestone,  # untrained
        milestone,  # after 5 steps
        milestone,  # after 10: a rung too
        milestone,  # after 20
        ("validation", "reduced", OBJECTIVES),  # after 25: a rung only
        milestone,  # after 30
        ("validation", "standard", OBJECTIVES),
        ("test", "standard", METRICS),
    ]
    measured = {
        step: {name: value for name, value in values.items() if not name.startswith("train_")}
        for step, values in reported.items()
    }
    curve = evaluation.given("validation", "reduced", METRICS, VALIDATION)
    rung = evaluation.given("validation", "reduced", OBJECTIVES, VALIDATION)
    assert {step: values for step, values in measured.items() if values} == {
        **dict.fromkeys((0, 5, 20, 30), curve),
        10: curve | {RUNG: 200},
        25: rung | {RUNG: 500},
    }
    assert outcome.metrics == {
        **evaluation.given("validation", "standard", OBJECTIVES, VALIDATION),
        **evaluation.given("test", "standard", METRICS),
    }
    assert outcome.provenance["described"] == "test standard"


def test_a_trial_that_was_cut_leaves_what_an_uncut_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last line was written, and its codes were, when it was cut before the checkpoint of that step."""
    straight, resumed = TrialFolder(tmp_path / "straight"), TrialFolder(tmp_path / "resumed")
    expected, _ = evaluated(straight, monkeypatch, Evaluation())
    with pytest.raises(Cut):
        evaluated(resumed, monkeypatch, Evaluation(), cut=12)
    assert Outcome.read(resumed) is None
    outcome, reported = evaluated(resumed, monkeypatch, Evaluation())
    assert list(reported) == list(range(12, 41))
    assert outcome.metrics == expected.metrics
    assert timeless(resumed) == timeless(straight)
    *_, last = resumed.read_metrics()
    assert outcome.seconds["training"] == round(last["seconds"], 3)
    with np.load(straight.arrays) as whole, np.load(resumed.arrays) as parts:
        assert {name: whole[name].tolist() for name in whole} == {name: parts[name].tolist() for name in parts}
        assert whole["trajectory_step"].tolist() == list(range(41))


def timeless(folder: TrialFolder) -> list[dict[str, float]]:
    """The lines of a trial's metrics file, but for when they were written."""
    return [{k: v for k, v in line.items() if k not in ("time", "seconds")} for line in folder.read_metrics()]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("which", ["validation_reconstruction", "test_mean_pixel_deviation"])
def test_a_trial_with_a_value_that_is_not_finite_has_failed(
    which: str, value: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is an objective or not; none of its values stays."""
    folder = TrialFolder(tmp_path)
    outcome, _ = evaluated(folder, monkeypatch, Evaluation(**{which: value}))
    assert outcome == Outcome.read(folder)
    assert (outcome.state, outcome.metrics) == ("failed", {})
    assert outcome.reason == f"not finite: {which.removeprefix('test_')}"


def test_out_of_memory_is_infeasible_and_says_at_which_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*arguments: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nGPU 0 has …")

    monkeypatch.setattr(trial_run, "make_model", no_room)
    config = TrialConfig(
        dataset="fading_squares", family="wae-gaussian", seed=1, steps=10, latent_dim=2, width=50_000, batch_size=900,
        lambda_mmd=1.0,
    )  # fmt: skip
    folder = TrialFolder(tmp_path)
    outcome = trial_run.run_trial(config, folder)
    assert outcome == Outcome.read(folder)
    assert outcome.state == "infeasible"
    assert outcome.reason == (
        "out of memory on cpu at batch_size 900, width 50000, latent_dim 2: "
        "CUDA out of memory. Tried to allocate 20.00 GiB."
    )
