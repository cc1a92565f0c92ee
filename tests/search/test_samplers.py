"""What holds of every sampler: the same storage, the same proposal, wherever a driver was cut; running trials count."""

import subprocess
import sys
from contextlib import suppress
from functools import cache
from typing import Any

import hypothesis
import optuna
import pytest
import torch
from hypothesis import strategies as st
from optuna.trial import TrialState

from study.config.load import load_space
from study.config.plan import make_plan
from study.config.space import SearchSpace
from study.search import proposals, samplers, storage
from study.search.samplers import distributions, draw_point, draws_of
from study.system.errors import InputError
from tests.search.conftest import SPACE, Cut, MakePlan, cut_after
from tests.search.sampled import LENGTHS, WARM, Kept, plan_of, values

LAST = 4
"""Of the trials of a study, those before or during which it is cut."""


@cache
def uncut(case: str) -> tuple[list[dict[str, Any]], list[Kept]]:
    """What a whole study proposes, and its storage before each of the last trials."""
    kept, proposed, before = Kept(plan_of(case)), [], []
    study = kept.open()
    for number in range((LENGTHS | WARM)[case]):
        if number >= (LENGTHS | WARM)[case] - LAST:
            before.append(kept.copy())
        proposed.append(kept.step(study))
    return proposed, before


@pytest.mark.parametrize("case", [*LENGTHS, *WARM])
def test_a_cut_study_proposes_what_an_uncut_one_would(case: str) -> None:
    whole, before = uncut(case)

    @hypothesis.settings(max_examples=2 if case.endswith("gp") else 12, derandomize=True)
    @hypothesis.given(place=st.integers(0, len(before) - 1), drawn=st.integers(0, 7))
    def check(place: int, drawn: int) -> None:
        """The driver is killed while one of the last trials is drawn, or after it, and another goes on to the end."""
        kept, number = before[place].copy(), len(whole) - len(before) + place
        with suppress(Cut), cut_after(drawn):
            kept.propose(kept.open())

        study = kept.open()
        orphans = [proposals.adopt(study, kept.plan, orphan) for orphan in storage.running_trials(study)]
        assert [orphan.user_attrs[storage.CONFIG] for orphan in orphans] == [whole[o.number] for o in orphans]
        if len(study.trials) > number:
            kept.end_oldest(study)
        for n in range(len(study.trials), len(whole)):
            assert kept.step(study) == whole[n]

    check()


@pytest.mark.parametrize("sampler", ["tpe", "gp"])
def test_a_trial_that_runs_is_seen(sampler: str) -> None:
    """Two studies that differ in one trial alone, which still runs in one of them and has failed in the other."""
    plan = plan_of(sampler)
    kept = Kept(plan)
    study = kept.open()
    for _ in range(13):
        settings = kept.propose(study).user_attrs[storage.CONFIG]
        study.tell(len(study.trials) - 1, values(settings, plan))
    running = kept.propose(study)
    beside = kept.propose(study).user_attrs[storage.CONFIG]

    other = Kept(plan).open()
    other.add_trials(study.trials[:13])
    other.add_trial(
        optuna.trial.create_trial(state=TrialState.FAIL, params=running.params, distributions=running.distributions)
    )
    alone = proposals.propose(other, plan).user_attrs[storage.CONFIG]
    assert alone["seed"] == beside["seed"]
    assert alone != beside


@pytest.mark.parametrize("sampler", ["nsga2", "nsga3"])
def test_generations_come_nearer_to_the_optimum(make: MakePlan, sampler: str) -> None:
    """Of the first objective, the fourth fifty trials have three quarters of the first fifty's at most."""
    kept = Kept(make(trials=200, sampler=sampler, overrides={"family": "wae-uniform"}))
    study = kept.open()
    first, *_, fourth = [sum(values(kept.step(study), kept.plan)[0] for _ in range(50)) for _ in range(4)]
    assert fourth < 0.75 * first


def test_points_that_are_given_whole_are_parents(make: MakePlan) -> None:
    whole = {"lambda_1": 2.0, "lambda_mmd": 50.0, "batch_size": 20}
    plan = make(trials=60, sampler="nsga2", overrides={"family": "wae-uniform"}, points=[whole])
    kept = Kept(plan)
    study = kept.open()
    for _ in range(4):
        kept.step(study)
    assert study.trials[0].params["lambda_mmd"] == 50
    assert any(key.endswith("generation") for key in study.trials[0].system_attrs)


@pytest.mark.parametrize("sampler", samplers.JOINT)
def test_where_draws_are_joint_every_trial_has_them_all(sampler: str) -> None:
    kept = Kept(plan_of(sampler))
    study = kept.open()
    settings = [kept.step(study) for _ in range(9)]
    assert any(each["lambda_1"] == 0 for each in settings)
    assert {frozenset(trial.params) for trial in study.trials} == {
        frozenset({"lambda_1", "lambda_1_zero", "lambda_mmd", "batch_size"})
    }


def test_conditions_are_for_a_gaussian_process_if_balance_settles_them() -> None:
    space, _ = load_space("dsprites")
    wanted: dict[str, Any] = {"name": "small", "preset": "quick", "seed": 3, "sampler": "gp"}
    assert make_plan(space, "dsprites", **wanted).sampler == "gp"
    open_family = space.model_copy(update={"balance": None})
    with pytest.raises(InputError) as error:
        make_plan(open_family, "dsprites", **wanted)
    assert str(error.value) == (
        "dsprites: parameters.lambda_1: the gp sampler models only what every trial has; received a condition on "
        "family, to be settled by balance: family in the space, or by --set family=…"
    )
    assert make_plan(open_family, "dsprites", overrides={"family": "wae-uniform"}, **wanted).sampler == "gp"
    with pytest.raises(ValueError, match="the gp sampler models only what every trial has"):
        SearchSpace.model_validate({**SPACE, "balance": None, "sampler": "gp"})


def test_a_gaussian_process_leaves_a_given_point_that_does_not_say_the_family_to_chance(make: MakePlan) -> None:
    kept = Kept(make(trials=40, sampler="gp", points=[{"batch_size": 20}]))
    study = kept.open()
    first = kept.propose(study).user_attrs[storage.CONFIG]
    assert first["batch_size"] == 20
    assert first["family"] in ("wae-deterministic", "wae-uniform", "vae")


def test_a_gaussian_process_has_one_thread_while_it_proposes(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def seen(*arguments: Any) -> Any:
        threads.append(torch.get_num_threads())
        return samplers.make_sampler(*arguments)

    before = torch.get_num_threads()
    monkeypatch.setattr(proposals, "make_sampler", seen)
    torch.set_num_threads(2)
    try:
        kept = Kept(plan_of("gp"))
        kept.propose(kept.open())
        assert torch.get_num_threads() == 2
        assert threads[0] == 1
        with samplers.one_thread("tpe"):
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_without_a_gaussian_process_the_driver_has_no_pytorch() -> None:
    code = """
import sys
import optuna
from study.config.load import load_space
from study.config.plan import make_plan
from study.records.outcome import Outcome
from study.records.table import RUNG, VALIDATION
from study.search import proposals
space, _ = load_space("fading_squares")
for sampler in ("tpe", "nsga2", "nsga3", "random"):
    plan = make_plan(space, "", name="x", preset="quick", seed=0, trials=20, sampler=sampler)
    study = optuna.create_study(directions=["minimize"] * 2)
    for n in range(12):
        study.tell(proposals.propose(study, plan).number, [n % 3, n % 5])
print(*{"torch", "sklearn"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


THE_SPACE = SearchSpace.model_validate(SPACE)


@pytest.mark.parametrize("value", [0, 0.1, 3.5, 10])
def test_a_point_is_drawn_of_its_draws(value: float) -> None:
    point = {"family": "wae-uniform", "lambda_1": value, "lambda_mmd": 50.0, "batch_size": 20}
    draws = draws_of(THE_SPACE, point)
    assert ("lambda_1" in draws) == (value > 0)
    assert set(draws) <= set(distributions(THE_SPACE))
    named: list[str] = []
    assert draw_point(optuna.trial.FixedTrial(draws), THE_SPACE, named.append) == point  # type: ignore[arg-type]
    assert named == list(draws)


def test_whole_draws_are_as_many_for_a_zero() -> None:
    point = {"family": "wae-uniform", "lambda_1": 0.0, "lambda_mmd": 50.0, "batch_size": 20}
    assert draws_of(THE_SPACE, point, whole=True)["lambda_1"] == 0.1
    assert list(draws_of(THE_SPACE, point, whole=True)) == list(draws_of(THE_SPACE, {**point, "lambda_1": 2.0}))
