"""Each family has a model of its own: what is proposed it does not depend on the others, and stopped trials count."""

import math
from copy import deepcopy
from functools import cache
from typing import Any

import hypothesis
import optuna
import pytest
from hypothesis import strategies as st
from optuna.trial import FrozenTrial, TrialState

from study.config.plan import StudyPlan, make_plan
from study.config.space import SearchSpace
from study.config.warm_start import LEARNING
from study.search import proposals, samplers, storage
from tests.search.conftest import SPACE
from tests.search.sampled import Kept, plan_of, tell, values


@pytest.mark.parametrize("sampler", LEARNING)
def test_each_family_has_a_model_of_its_own(sampler: str) -> None:
    """What a trial is proposed does not depend on the values of other families, and does on those of its own."""

    def proposed(better: str) -> list[dict[str, Any]]:
        plan = plan_of(f"balanced {sampler}")
        kept = Kept(plan)
        study = kept.open()
        for _ in range(3 * (samplers.STARTUP_TRIALS + 1)):
            trial = kept.propose(study)
            settings = trial.user_attrs[storage.CONFIG]
            size = settings["batch_size"] if settings["family"] == better else -settings["batch_size"]
            study.tell(trial.number, [size, math.log(settings.get("lambda_mmd", 1))])
        return [dict(kept.propose(study).user_attrs[storage.CONFIG]) for _ in range(3)]

    one, other = proposed(better="vae"), proposed(better="wae-deterministic")
    assert [settings["family"] for settings in one] == ["wae-deterministic", "wae-uniform", "vae"]
    assert [settings["batch_size"] for settings in (one[0], one[2])] == [40, 20]
    assert one[1] == other[1]
    assert [settings["batch_size"] for settings in (other[0], other[2])] == [20, 40]


PER_FAMILY = 12
"""Trials of each family that a study begins with: more than are drawn at random."""


@cache
def random_trials(count: int) -> list[FrozenTrial]:
    """Complete trials of a balanced study, drawn at random."""
    kept = Kept(plan_of("balanced random"))
    study = kept.open()
    for _ in range(count):
        trial = kept.propose(study)
        study.tell(trial.number, values(trial.user_attrs[storage.CONFIG], kept.plan))
    return study.get_trials()


@cache
def next_trial(number: int) -> dict[str, Any]:
    """What TPE proposes as trial `number`, after random trials."""
    study = Kept(plan_of("balanced tpe")).open()
    study.add_trials(random_trials(number))
    return dict(proposals.propose(study, plan_of("balanced tpe")).user_attrs[storage.CONFIG])


OTHERS = st.lists(
    st.tuples(
        st.sampled_from([TrialState.COMPLETE, TrialState.RUNNING, TrialState.FAIL]), st.floats(-9, 9), st.floats(-9, 9)
    ),
    min_size=3 * PER_FAMILY,
    max_size=3 * PER_FAMILY,
)


@hypothesis.settings(max_examples=30)
@hypothesis.given(others=OTHERS, turn=st.integers(0, 2), draw=st.randoms(use_true_random=False))
def test_what_tpe_proposes_a_family_does_not_depend_on_trials_of_others(
    others: list[tuple[TrialState, float, float]], turn: int, draw: Any
) -> None:
    """Neither on their values, nor on how they ended, nor on their parameters."""
    number = 3 * PER_FAMILY + turn
    study = Kept(plan_of("balanced tpe")).open()
    for trial, (state, *told) in zip(deepcopy(random_trials(number)), [*others, *others[:turn]], strict=True):
        if trial.number % 3 != turn:
            trial.state, trial.values = state, told if state == TrialState.COMPLETE else None
            trial.datetime_complete = trial.datetime_start if state.is_finished() else None
            trial.params["batch_size"] = draw.choice([20, 40])
        study.add_trial(trial)
    assert proposals.propose(study, plan_of("balanced tpe")).user_attrs[storage.CONFIG] == next_trial(number)


def test_a_dominated_family_is_tuned_as_well_as_when_it_is_searched_alone() -> None:
    """Its weight's best value is the middle of the range 5 to 500 on the logarithmic scale: random draws are at a
    distance of ln(10) / 2 = 1.15 from it on average, and with one model of all families its last ones were at 1.28.
    """

    def distance(seed: int, **arguments: Any) -> float:
        """The mean of the last twelve trials of the family that is dominated by all others."""
        plan = make_plan(
            SearchSpace.model_validate({**SPACE, "sampler": "tpe"}),
            "small.yaml",
            **{"name": "small", "preset": "quick", "seed": seed, **arguments},
        )
        study, found = Kept(plan).open(), []
        for _ in range(plan.trials):
            trial = proposals.propose(study, plan)
            settings = trial.user_attrs[storage.CONFIG]
            away = abs(math.log(settings.get("lambda_mmd", 50) / 50))
            behind = 10 if settings["family"] == "wae-uniform" else 0
            study.tell(trial.number, [behind + away, behind + away + settings.get("lambda_1", 0) / 10])
            found += [away] if settings["family"] == "wae-uniform" else []
        return sum(found[-12:]) / 12

    balanced = sum(distance(seed, trials=90) for seed in range(6)) / 6
    alone = sum(distance(seed, trials=30, overrides={"family": "wae-uniform"}) for seed in range(6)) / 6
    assert balanced < 0.7
    assert balanced < 1.1 * alone


def told_to_tpe(monkeypatch: pytest.MonkeyPatch, study: optuna.Study, plan: StudyPlan) -> list[list[FrozenTrial]]:
    """What TPE takes for good, for each draw of one more proposal."""
    taken: list[list[FrozenTrial]] = []

    def seen(*arguments: Any) -> Any:
        good, rest = split(*arguments)
        taken.append(good)
        return good, rest

    split = optuna.samplers._tpe.sampler._split_trials
    monkeypatch.setattr(optuna.samplers._tpe.sampler, "_split_trials", seen)
    proposals.propose(study, plan)
    assert taken
    return taken


@pytest.mark.parametrize("best", [0, 3], ids=["complete", "stopped"])
def test_a_stopped_trial_is_to_tpe_what_it_was_at_its_rung(monkeypatch: pytest.MonkeyPatch, best: int) -> None:
    """Of sixty trials, twelve complete, a tenth is good: those with the best values, stopped or not."""
    plan = plan_of("stopping tpe")
    study = Kept(plan).open()
    for number in range(60):
        value = 0.0 if number % 10 == best else 1.0
        ended = proposals.propose(study, plan)
        tell(study, plan, ended.number, [value, value], stopped=number % 5 > 0)
    for good in told_to_tpe(monkeypatch, study, plan):
        assert [trial.number for trial in good] == list(range(best, 60, 10))
        assert {tuple(trial.values) for trial in good} == {(0.0, 0.0)}
    stopped = study.trials[1]
    assert stopped.state == TrialState.PRUNED  # to everybody else it is what it was
    assert stopped.values is None


def test_a_stopped_trial_without_a_number_is_nothing_that_tpe_takes_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of("stopping tpe")
    study = Kept(plan).open()
    for number in range(20):
        ended = proposals.propose(study, plan)
        tell(study, plan, ended.number, [math.nan, 0.0] if number % 2 else [1.0, 1.0], stopped=number % 2 > 0)
    for good in told_to_tpe(monkeypatch, study, plan):
        assert good
        assert all(trial.number % 2 == 0 for trial in good)
