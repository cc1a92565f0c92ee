"""At which numbers of images trials are measured, and whether those that fall behind are stopped."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.config.early_stopping import EarlyStopping
from study.config.load import load_space
from study.config.plan import StudyPlan
from study.config.space import SearchSpace
from study.config.trial import TrialConfig
from study.system.errors import InputError
from tests.make import plan

SPACE = """\
name: small
dataset: fading_squares
objectives: {reconstruction: minimize}
parameters:
  batch_size: {choices: [20, 40]}
fixed: {family: vae, latent_dim: 2}
presets:
  quick: {trials: 4, images: 600}
"""
RUNGS = "early_stopping: {min_images: 100, reduction_factor: 2}\n"


def config(**settings: Any) -> TrialConfig:
    return TrialConfig(dataset="fading_squares", family="vae", seed=0, latent_dim=2, **settings)


def test_rungs_grow_by_the_factor_and_end_before_the_training_does() -> None:
    stopping = EarlyStopping(min_images=9_000)
    assert stopping.rungs(240_000) == (9_000, 27_000, 81_000)
    assert stopping.rungs(243_000) == (9_000, 27_000, 81_000)
    assert stopping.rungs(243_001) == (9_000, 27_000, 81_000, 243_000)
    assert stopping.rungs(9_000) == ()
    assert EarlyStopping(min_images=100, reduction_factor=1.5).rungs(400) == (100, 150, 225, 338)


def test_a_rung_is_the_first_step_by_which_that_many_images_were_seen() -> None:
    stopping = EarlyStopping(min_images=9_000)
    assert stopping.steps(config(images=240_000, batch_size=100)) == {90: 9_000, 270: 27_000, 810: 81_000}
    assert stopping.steps(config(images=240_000, batch_size=400)) == {23: 9_000, 68: 27_000, 203: 81_000}
    assert stopping.steps(config(images=240_000, batch_size=30_000)) == {1: 27_000, 3: 81_000}
    assert stopping.steps(config(steps=90, batch_size=100)) == {}
    assert stopping.steps(config(steps=91, batch_size=100)) == {90: 9_000}


@given(
    st.integers(1, 10**6), st.floats(1, 100, exclude_min=True).filter(lambda factor: factor > 1.001),
    st.integers(1, 10**8), st.integers(2, 5000),
)  # fmt: skip
def test_rungs_ascend_and_each_is_a_step_of_the_training(least: int, factor: float, images: int, batch: int) -> None:
    stopping = EarlyStopping(min_images=least, reduction_factor=factor)
    rungs = stopping.rungs(images)
    assert list(rungs) == sorted(set(rungs))
    assert all(least <= rung < images for rung in rungs)
    trial = config(images=images, batch_size=batch)
    steps = stopping.steps(trial)
    assert all(0 < step < trial.total_steps for step in steps)
    assert all(step * batch >= rung > (step - 1) * batch for step, rung in steps.items())


def test_whether_trials_are_stopped(load: Callable[[str], SearchSpace]) -> None:
    """As the space says, unless the command line does; and never on a grid unless it does."""
    without, stops = load(SPACE), load(SPACE + RUNGS)
    measures = load(SPACE + RUNGS.replace("}", ", stop: false}"))
    assert not plan(without).stopping
    assert plan(stops).stopping
    assert not plan(stops, stopping=False).stopping
    assert not plan(stops, sampler="grid").stopping
    assert plan(stops, sampler="grid", stopping=True).stopping
    assert not plan(measures).stopping
    assert plan(measures, stopping=True).stopping
    with pytest.raises(InputError, match="--early-stopping: mine has no early_stopping, which defines the rungs"):
        plan(without, stopping=True)
    assert plan(stops).difference(plan(stops, stopping=False)) == "stopping was True, received False"


def test_a_presets_own_rungs_come_before_the_spaces(load: Callable[[str], SearchSpace]) -> None:
    preset = "  long: {trials: 4, images: 60_000, early_stopping: {min_images: 900}}\n"
    space = load(SPACE + preset + RUNGS)
    assert plan(space).early_stopping == EarlyStopping(min_images=100, reduction_factor=2)
    assert plan(space, preset="long").early_stopping == EarlyStopping(min_images=900)
    kept = plan(space, preset="long", overrides={"width": 8})
    assert kept.early_stopping == EarlyStopping(min_images=900)


def test_a_plan_is_read_again_as_it_was_written(load: Callable[[str], SearchSpace], tmp_path: Any) -> None:
    written = plan(load(SPACE + RUNGS))
    written.save(tmp_path / "study.yaml")
    assert StudyPlan.load(tmp_path / "study.yaml") == written


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("{}", "early_stopping.min_images: required, but missing"),
        ("{min_images: 0}", "early_stopping.min_images: must be at least 1; received 0"),
        ("{min_images: 9, reduction_factor: 1}", "early_stopping.reduction_factor: must be greater than 1; received 1"),
        ("{min_images: 9, tie_break: none}", "early_stopping.tie_break: allowed: 'epsilon-net' or 'crowding'"),
        ("{min_images: 9, rungs: 3}", "early_stopping.rungs: unknown key"),
        ("9000", "early_stopping: needs a mapping"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Any, wrong: str, sentence: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"{SPACE}early_stopping: {wrong}\n")
    with pytest.raises(InputError) as error:
        load_space(str(path))
    assert sentence in str(error.value)
