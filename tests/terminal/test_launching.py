"""A launch's options, checked and made a plan: as the command gives them, and as Python does."""

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import study
from study.config.load import load_space
from study.config.plan import StudyPlan
from study.launch import launch
from study.records.folder import StudyFolder
from study.terminal.launching import Launch, prepare
from tests.make import plan, refused


def options() -> dict[str, Any]:
    """The arguments of `study.run` with their defaults."""
    return {name: each.default for name, each in inspect.signature(study.run).parameters.items()}


def asked(output: Path, **given: Any) -> Launch:
    """A launch of fading squares into `output`, as `study.run` asks for it, but for these options."""
    known = {name: value for name, value in options().items() if name != "progress"}
    return Launch.of(**{**known, "space": "fading_squares", "settings": {}, "output": output, **given})


def test_python_has_the_options_of_the_command_by_the_same_names_and_defaults() -> None:
    ours, theirs = options(), {name: each.default for name, each in inspect.signature(launch).parameters.items()}
    renamed = {"set_": "settings", "plugin": "plugins"}
    assert list(ours) == [*(renamed.get(name, name) for name in theirs if name != "dry_run"), "progress"]
    for name, default in theirs.items():
        if name not in ("dry_run", "output"):
            assert (ours[renamed.get(name, name)] or None) == (default or None), name
    assert Path(ours["output"]) == theirs["output"]
    assert set(Launch.model_fields) == set(ours) - {"progress"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"trials": 0}, "--trials: must be at least 1; received 0"),
        ({"trials": True}, "--trials: needs a number; received True"),
        ({"trials": 2.5}, "--trials: needs a whole number; received 2.5"),
        ({"keep": "some"}, "--keep: allowed: 'front', 'all' or 'none'; received 'some'"),
        ({"settings": 3}, "--settings: needs a mapping; received 3"),
        ({"confirm": 1}, "--confirm: must be at least 3; received 1"),
        ({"retry_failed": "yes"}, "--retry_failed: needs true or false; received 'yes'"),
    ],
)
def test_what_an_option_cannot_be_is_one_sentence(tmp_path: Path, given: dict[str, Any], sentence: str) -> None:
    assert refused(asked, tmp_path, **given) == sentence


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"space": 3}, "--space: received 3; allowed: a name, a .yaml file or a mapping"),
        ({"space": {"name": "mine"}}, "space: dataset: required, but missing"),
        ({"trial_timeout": 0.5}, "--trial-timeout: must be at least 1; received 0.5"),
        ({"gpus_per_trial": float("inf")}, "--gpus-per-trial: needs a finite number; received inf"),
        ({"enqueue": 3}, "--enqueue: expected a file or a list of mappings, received 3"),
        ({"enqueue": [{"family": "gan"}]}, "--enqueue: point 1 of 1: family: received 'gan'; allowed: wae-"),
        ({"settings": {"width": None}}, "--set width: needs a value; received none"),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_writes_nothing(
    tmp_path: Path, given: dict[str, Any], sentence: str
) -> None:
    assert refused(prepare, asked(tmp_path / "runs", **given)).startswith(sentence)
    assert not (tmp_path / "runs").exists()


def test_a_space_as_a_mapping_is_that_of_its_file(tmp_path: Path) -> None:
    content = load_space("fading_squares")[0].model_dump(mode="json", exclude_defaults=True)
    content["parameters"]["batch_size"]["choices"] = np.array([50, 100])
    prepared = prepare(asked(tmp_path, space=content, settings={"width": np.int64(16)}, name="mine", trials=3))
    prepared.plan.save(tmp_path / "study.yaml")
    again = StudyPlan.load(tmp_path / "study.yaml")
    assert again == prepared.plan
    assert (again.name, again.trials, again.overrides) == ("mine", 3, {"width": 16})
    assert again.space.parameters["batch_size"].choices == (50, 100)


def test_points_are_given_as_they_are(tmp_path: Path) -> None:
    points = [{"family": "vae", "batch_size": np.int64(50)}]
    assert prepare(asked(tmp_path, enqueue=points)).plan.points == ({"family": "vae", "batch_size": 50},)


def test_a_study_that_is_there_is_resumed(tmp_path: Path) -> None:
    first = prepare(asked(tmp_path, space="dsprites", trials=20))
    assert (first.resumed, first.folder) == (False, StudyFolder(tmp_path / "dsprites"))
    plan(trials=20).save(first.folder.plan)
    again = prepare(asked(tmp_path, space="dsprites"))
    assert (again.resumed, again.plan.trials) == (True, 20)
