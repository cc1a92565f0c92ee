"""What a sampler learns from an earlier study: which trials, what is kept, and what it then proposes."""

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pandas as pd
import pytest

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.records.table import TrialRecord, write_records
from study.search import proposals, storage
from study.search.samplers import distributions
from study.search.warm_start import Lesson, as_trials, gather_lesson, recall_lesson
from study.system.errors import InputError
from tests.search.conftest import SPACE, MakePlan
from tests.search.test_searcher import searcher, started
from tests.search.test_storage import METRICS

Open = Callable[[StudyPlan], optuna.Study]

OPTIMUM = 50.0
"""Of `lambda_mmd`, whose range is 5 to 500."""


def told(settings: dict[str, Any]) -> list[float]:
    """Made-up validation values, both least at the optimum."""
    away = abs(math.log(settings.get("lambda_mmd", 5) / OPTIMUM))
    return [away, 20 + away]


def save(folder: Path, plan: StudyPlan, trials: int) -> StudyFolder:
    """A study of trials that were proposed by its own sampler; every fifth failed."""
    study = optuna.create_study(directions=["minimize"] * 2)
    records = []
    for number in range(trials):
        trial = proposals.propose(study, plan)
        values = told(trial.user_attrs[storage.CONFIG])
        study.tell(trial.number, values)
        names = [objective.name for objective in plan.space.objectives]
        metrics = dict(zip(names, [9.0, 99.0], strict=True))  # on test images, which nothing is to be learnt from
        metrics |= {f"validation_{name}": value for name, value in zip(names, values, strict=True)}
        record = TrialRecord(number, storage.trial_config(study.trials[number]), "complete", metrics=metrics)
        records.append(replace(record, state="failed", metrics={}) if number % 5 == 4 else record)
    kept = StudyFolder(folder)
    plan.save(kept.plan)
    write_records(records, kept.records)
    return kept


@pytest.fixture
def earlier(make: MakePlan, tmp_path: Path) -> StudyFolder:
    return save(tmp_path / "runs" / "earlier", make(name="earlier", seed=8, trials=50), 50)


def refused(other: Path, plan: StudyPlan) -> str:
    with pytest.raises(InputError) as error:
        gather_lesson(other, plan)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_complete_trials_are_learnt_from_by_their_validation_values(make: MakePlan, earlier: StudyFolder) -> None:
    plan = make(sampler="tpe")
    lesson = gather_lesson(earlier.path, plan)
    assert lesson.sentence == "warm start from earlier: 40 of 40 trials used"
    assert [example.trial for example in lesson.examples] == [n for n in range(50) if n % 5 != 4]
    table = pd.read_csv(earlier.records).set_index("trial")
    for example in lesson.examples:
        row = table.loc[example.trial]
        assert example.values == [row["validation_mean_pixel_deviation"], row["validation_reconstruction"]]
        assert {name: row[name] for name in example.point} == example.point
        assert ("lambda_mmd" in example.point) == (row["family"] != "vae")
        assert plan.trial_config(example.point, seed=0).config_id == row["config_id"]


def test_trials_of_other_configurations_are_left_out(make: MakePlan, earlier: StudyFolder) -> None:
    table = pd.read_csv(earlier.records)
    family = make(sampler="tpe", overrides={"family": "vae"})
    assert len(gather_lesson(earlier.path, family).examples) == sum(
        (table.family == "vae") & (table.state == "complete")
    )
    narrow = {**SPACE["parameters"], "batch_size": {"choices": [20, 80]}}
    batches = make({**SPACE, "parameters": narrow}, sampler="tpe")
    lesson = gather_lesson(earlier.path, batches)
    assert len(lesson.examples) == sum((table.batch_size == 20) & (table.state == "complete"))
    assert lesson.sentence == f"warm start from earlier: {len(lesson.examples)} of 40 trials used"
    for override in ({"width": 16}, {"steps": 31}, {"images": 600}, {"latent_dim": 3}):
        said = refused(earlier.path, make(sampler="tpe", overrides=override))
        assert said == (
            f"--warm-start: {earlier.path}: none of its 40 complete trials is a point of this study's space with the "
            "same other settings and the same budget"
        )


def test_values_that_are_missing_are_not_learnt_from(make: MakePlan, earlier: StudyFolder) -> None:
    table = pd.read_csv(earlier.records)
    table.loc[0, "validation_reconstruction"] = math.nan
    table.loc[1, "validation_reconstruction"] = math.inf
    table.to_csv(earlier.records, index=False)
    assert [example.trial for example in gather_lesson(earlier.path, make(sampler="tpe")).examples[:2]] == [2, 3]


def test_the_column_of_an_objective_that_is_missing_leaves_none(make: MakePlan, earlier: StudyFolder) -> None:
    pd.read_csv(earlier.records).drop(columns="validation_reconstruction").to_csv(earlier.records, index=False)
    assert "is a point of this study's space" in refused(earlier.path, make(sampler="tpe"))


@pytest.mark.parametrize("sampler", ["random", "nsga2", "nsga3", "grid"])
def test_samplers_that_would_learn_nothing_are_refused(make: MakePlan, earlier: StudyFolder, sampler: str) -> None:
    choices = {name: {"choices": [20, 40]} for name in ("batch_size", "lambda_mmd")}
    plan = make({**SPACE, "balance": None, "fixed": {**SPACE["fixed"], "family": "wae-uniform"}, "parameters": choices})
    said = refused(earlier.path, plan.model_copy(update={"sampler": sampler}))
    assert said == f"--warm-start: the {sampler} sampler learns nothing from another study; allowed: tpe, gp"


def test_a_study_file_whose_sampler_would_learn_nothing_is_refused(make: MakePlan, earlier: StudyFolder) -> None:
    plan = make(sampler="tpe")
    note = gather_lesson(earlier.path, plan).note
    plan.model_copy(update={"warm_start": note, "sampler": "nsga2"}).save(earlier.plan)
    with pytest.raises(InputError, match="the nsga2 sampler learns nothing from another study"):
        StudyPlan.load(earlier.plan)


def test_other_objectives_are_refused(make: MakePlan, earlier: StudyFolder) -> None:
    said = refused(earlier.path, make({**SPACE, "objectives": {"reconstruction": "minimize"}}, sampler="tpe"))
    assert said == (
        f"--warm-start: {earlier.path}: needs a study of reconstruction (minimize) on fading_squares; received one of "
        "mean_pixel_deviation (minimize) and reconstruction (minimize) on fading_squares"
    )


def test_what_is_no_study_is_refused(make: MakePlan, earlier: StudyFolder, tmp_path: Path) -> None:
    plan = make(sampler="tpe")
    assert refused(tmp_path / "none", plan) == (
        f"--warm-start: {tmp_path}/none: no study there; a study's folder holds a study.yaml"
    )
    earlier.records.unlink()
    assert refused(earlier.path, plan).startswith(f"--warm-start: {earlier.records}: no such file")
    earlier.records.write_text("a,b\n1,2\n")
    assert refused(earlier.path, plan).startswith(f"--warm-start: {earlier.records}: not the records of a study")
    write_records([], earlier.records)
    assert "none of its 0 complete trials is a point" in refused(earlier.path, plan)


def warmed(plan: StudyPlan, lesson: Lesson) -> StudyPlan:
    return plan.model_copy(update={"warm_start": lesson.note})


def test_what_was_learnt_stays_in_the_folder(make: MakePlan, earlier: StudyFolder, folder: StudyFolder) -> None:
    lesson = gather_lesson(earlier.path, make(sampler="tpe"))
    plan = warmed(make(sampler="tpe"), lesson)
    lesson.save(folder)
    plan.save(folder.plan)
    shutil.rmtree(earlier.path)
    assert StudyPlan.load(folder.plan) == plan
    assert recall_lesson(StudyPlan.load(folder.plan), folder) == lesson
    assert recall_lesson(make(sampler="tpe"), folder) is None


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda text: None, "cannot be read: [Errno 2] No such file or directory"),
        (lambda text: text[: len(text) // 2], "cannot be read: "),
        (lambda text: "[]", "cannot be read: "),
        (lambda text: "{}", "cannot be read: 'examples'"),
        (lambda text: json.dumps({**json.loads(text), "more": 1}), "cannot be read: "),
        (lambda text: text.replace("40", "41", 1), "not what the study began with, by the checksum in study.yaml"),
    ],
)
def test_what_was_learnt_and_is_not_there_as_it_was_is_one_sentence(
    make: MakePlan, earlier: StudyFolder, folder: StudyFolder, damage: Callable[[str], str | None], sentence: str
) -> None:
    lesson = gather_lesson(earlier.path, make(sampler="tpe"))
    lesson.save(folder)
    left = damage(folder.warm_start.read_text())
    folder.warm_start.unlink() if left is None else folder.warm_start.write_text(left)
    with pytest.raises(InputError) as error:
        recall_lesson(warmed(make(sampler="tpe"), lesson), folder)
    assert str(error.value).startswith(f"{folder.warm_start}: {sentence}")
    assert "\n" not in str(error.value)


def test_another_warm_start_is_another_study(make: MakePlan, earlier: StudyFolder, tmp_path: Path) -> None:
    cold = make(sampler="tpe")
    lesson = gather_lesson(earlier.path, cold)
    fewer = replace(lesson, examples=lesson.examples[:-1])
    warm = warmed(cold, lesson)
    assert warm.difference(warmed(cold, gather_lesson(earlier.path, cold))) is None
    assert str(cold.difference(warm)).startswith("--warm-start was not given, received earlier (SHA-256 ")
    assert str(warm.difference(cold)).endswith("…), received none")
    assert str(warm.difference(warmed(cold, fewer))).startswith("--warm-start was earlier (SHA-256 ")


@pytest.mark.parametrize("sampler", ["tpe", "gp"])
def test_the_sampler_is_given_what_it_would_have_drawn_itself(
    make: MakePlan, earlier: StudyFolder, sampler: str
) -> None:
    """A zero is learnt as one; of each draw the distribution is that of the study's own."""
    plan = make(sampler=sampler, overrides={"family": "wae-uniform"})
    lesson = gather_lesson(earlier.path, plan)
    trials = as_trials(lesson, plan)
    assert {example.point["lambda_1"] == 0 for example in lesson.examples} == {True, False}
    study = optuna.create_study(directions=["minimize"] * 2)
    proposals.propose(study, plan.model_copy(update={"sampler": "gp"}))
    assert distributions(plan.space) == study.trials[0].distributions
    for example, trial in zip(lesson.examples, trials, strict=True):
        assert trial.values == example.values
        assert (trial.params["lambda_1_zero"] < 0.4) == (example.point["lambda_1"] == 0)
        assert ("lambda_1" in trial.params) == (sampler == "gp" or example.point["lambda_1"] > 0)
        assert {name: study.trials[0].distributions[name] for name in trial.params} == trial.distributions


@pytest.mark.parametrize(("sampler", "trials", "seeds"), [("tpe", 8, 6), ("gp", 3, 1)])
def test_a_warm_start_proposes_near_the_optimum_from_the_first_trial_on(
    make: MakePlan, earlier: StudyFolder, sampler: str, trials: int, seeds: int
) -> None:
    """Within a factor of 1.5 of the optimum lie 18 % of the range, by its logarithm, and of random draws."""

    def near(warm: bool) -> int:
        found = 0
        for seed in range(seeds):
            plan = make(sampler=sampler, overrides={"family": "wae-uniform"}, seed=seed, trials=trials)
            lesson = gather_lesson(earlier.path, plan)
            plan = warmed(plan, lesson) if warm else plan
            study = optuna.create_study(directions=["minimize"] * 2)
            for _ in range(trials):
                trial = proposals.propose(study, plan, as_trials(lesson, plan) if warm else [])
                settings = trial.user_attrs[storage.CONFIG]
                study.tell(trial.number, told(settings))
                found += abs(math.log(settings["lambda_mmd"] / OPTIMUM)) < math.log(1.5)
        return found

    warm, cold = near(True), near(False)
    assert warm >= 0.5 * trials * seeds
    assert warm >= 2 * cold


def test_a_study_that_was_cut_goes_on_as_the_uncut_one_without_the_earlier_study(
    make: MakePlan, earlier: StudyFolder, folder: StudyFolder, open_study: Open, tmp_path: Path
) -> None:
    """Through the searcher, as Ray asks it; the earlier trials are known to the sampler, and are none of the study."""
    plan = make(sampler="tpe", trials=8)
    lesson = gather_lesson(earlier.path, plan)
    plan = warmed(plan, lesson)
    lesson.save(folder)
    shutil.rmtree(earlier.path)

    memory = optuna.create_study(directions=["minimize"] * 2)
    uncut = []
    for _ in range(8):
        trial = proposals.propose(memory, plan, as_trials(lesson, plan))
        memory.tell(trial.number, [METRICS[f"validation_{o.name}"] for o in plan.space.objectives])
        uncut.append(trial.user_attrs[storage.CONFIG])

    for numbers in ((0, 1, 2), (3,), (4, 5, 6, 7)):
        search = searcher(open_study(plan), plan, folder)
        for number in numbers:
            assert started(search.suggest(f"tune{number}")) == number
            Outcome("complete", metrics=METRICS).write(folder.trial(number))
            search.on_trial_complete(f"tune{number}", {})
    study = open_study(plan)
    assert [trial.user_attrs[storage.CONFIG] for trial in study.trials] == uncut
    assert [record.trial for record in storage.records(study, folder)] == list(range(8))
    assert [settings["family"] for settings in uncut[:3]] == ["wae-deterministic", "wae-uniform", "vae"]
