"""What trials are: grids, balance, replicates, conditions; and that a cut study proposes what an uncut one would."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis
import optuna
import pytest
from hypothesis import strategies as st
from optuna.trial import TrialState

from study.config.plan import StudyPlan, make_plan
from study.config.space import SearchSpace
from study.search import proposals, storage
from tests.search.conftest import GRID, SPACE, Cut, MakePlan, cut_after

Open = Callable[[StudyPlan], optuna.Study]

SAMPLERS = ["random", "tpe", "nsga2", "nsga3"]


def ask(study: optuna.Study, plan: StudyPlan, n: int) -> list[dict[str, Any]]:
    """Propose `n` trials one after the other, each ended with made-up values, and give their settings."""
    proposed = []
    for _ in range(n):
        trial = proposals.propose(study, plan)
        study.tell(trial.number, [float(trial.number % 5), float(trial.number % 7)])
        proposed.append(trial.user_attrs[storage.CONFIG])
    return proposed


def memory(plan: StudyPlan) -> optuna.Study:
    return optuna.create_study(directions=[objective.direction for objective in plan.space.objectives])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_study_that_was_cut_proposes_what_an_uncut_one_would(make: MakePlan, open_study: Open, sampler: str) -> None:
    plan = make(trials=14, sampler=sampler)
    uncut = ask(memory(plan), plan, 14)
    cut = [settings for n in (5, 1, 8) for settings in ask(open_study(plan), plan, n)]
    assert cut == uncut
    assert len({settings["seed"] for settings in cut}) == 14


@pytest.mark.parametrize("drawn", range(5))
@pytest.mark.parametrize("number", range(3))
def test_a_trial_cut_off_while_it_was_drawn_is_completed_as_it_would_have_been(
    make: MakePlan, open_study: Open, number: int, drawn: int
) -> None:
    plan = make()
    whole = ask(memory(plan), plan, number + 1)[number]
    study = open_study(plan)
    ask(study, plan, number)

    with cut_after(drawn):
        try:
            proposals.propose(study, plan)
        except Cut:
            pass
        else:
            pytest.skip("this trial has fewer parameters than that")

    study = open_study(plan)
    orphans = storage.running_trials(study)
    trial = proposals.adopt(study, plan, orphans[0]) if orphans else proposals.propose(study, plan)
    assert trial.number == number
    assert trial.user_attrs[storage.CONFIG] == whole


def test_families_take_turns(make: MakePlan) -> None:
    plan = make(trials=12)
    families = [settings["family"] for settings in ask(memory(plan), plan, 12)]
    assert families == ["wae-deterministic", "wae-uniform", "vae"] * 4


def test_a_setting_is_there_only_under_its_condition(make: MakePlan) -> None:
    plan = make(trials=30)
    for settings in ask(memory(plan), plan, 30):
        assert ("lambda_1" in settings) == (settings["family"] == "wae-uniform")
        assert ("lambda_mmd" in settings) == (settings["family"] != "vae")


def test_zero_is_drawn_as_often_as_it_says(make: MakePlan) -> None:
    plan = make(trials=300, overrides={"family": "wae-uniform"})
    values = [settings["lambda_1"] for settings in ask(memory(plan), plan, 300)]
    zeros = sum(value == 0 for value in values)
    assert 90 <= zeros <= 150  # binomial: mean 120, standard deviation 8.5
    assert all(value == 0 or 0.1 <= value <= 10 for value in values)


def test_a_grid_has_every_point_once_a_round(make: MakePlan) -> None:
    plan = make({**GRID, "replicates": 3})
    assert plan.trials == 3 * (3 * 2 + 2)
    proposed = ask(memory(plan), plan, plan.trials)
    points = [(s["family"], s.get("lambda_1"), s["batch_size"]) for s in proposed]
    assert set(Counter(points).values()) == {3}
    assert points[:8] == points[8:16] == points[16:]  # all settings with the first seed, then all with the second
    assert len({settings["seed"] for settings in proposed}) == 24


def test_replicates_share_all_but_the_seed(make: MakePlan) -> None:
    plan = make({**SPACE, "replicates": 2}, trials=12)
    study = memory(plan)
    proposed = ask(study, plan, 12)
    ids = [trial.user_attrs["config_id"] for trial in study.trials]
    for first, second in zip(proposed[::2], proposed[1::2], strict=True):
        assert {**first, "seed": 0} == {**second, "seed": 0}
        assert first["seed"] != second["seed"]
    assert ids[::2] == ids[1::2]
    assert [settings["family"] for settings in proposed[::2]] == ["wae-deterministic", "wae-uniform", "vae"] * 2


def test_another_study_seed_is_another_study(make: MakePlan) -> None:
    one, other = make(seed=1), make(seed=2)
    assert ask(memory(one), one, 6) != ask(memory(other), other, 6)


def test_a_point_waiting_from_a_cut_launch_is_asked_for_once(make: MakePlan, open_study: Open) -> None:
    plan = make(GRID)
    uncut = ask(memory(plan), plan, 8)
    study = open_study(plan)
    study.enqueue_trial(proposals.planned_draws(study, plan, 0))
    assert study.trials[0].state == TrialState.WAITING
    assert ask(open_study(plan), plan, 8) == uncut


POINTS = (
    {"family": "wae-uniform", "lambda_1": 0},
    {"batch_size": 40},
    {"family": "wae-uniform", "lambda_1": 2.5, "lambda_mmd": 7, "batch_size": 20},
)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("replicates", [1, 3])
def test_given_points_come_first_as_they_are(make: MakePlan, sampler: str, replicates: int) -> None:
    plan = make({**SPACE, "replicates": replicates}, trials=3 * replicates + 6, sampler=sampler, points=POINTS)
    study = memory(plan)
    proposed = ask(study, plan, plan.trials)
    for number, settings in enumerate(proposed[: plan.listed]):
        point = POINTS[number // replicates]
        assert {name: settings[name] for name in point} == point
    ids = [trial.user_attrs["config_id"] for trial in study.trials]
    assert [len(set(ids[n : n + replicates])) for n in range(0, len(ids), replicates)] == [1] * (len(ids) // replicates)
    assert len({settings["seed"] for settings in proposed}) == plan.trials
    turns = [settings["family"] for settings in proposed[plan.listed :: replicates]]
    assert turns == (["wae-deterministic", "wae-uniform", "vae"] * 2)[: len(turns)]


def test_a_grid_follows_the_given_points(make: MakePlan) -> None:
    points = [{"family": "vae"}, {"family": "wae-uniform", "lambda_1": 1}]
    alone = make({**GRID, "replicates": 2})
    after = make({**GRID, "replicates": 2}, points=points)
    assert after.trials == alone.trials + 4
    proposed = ask(memory(after), after, after.trials)
    assert [settings["family"] for settings in proposed[:4]] == ["vae"] * 2 + ["wae-uniform"] * 2
    assert proposed[0] == {**proposed[1], "seed": proposed[0]["seed"]}
    without = ask(memory(alone), alone, alone.trials)
    assert [{**s, "seed": 0} for s in proposed[4:]] == [{**s, "seed": 0} for s in without]


@hypothesis.settings(max_examples=30)
@hypothesis.given(value=st.floats(0.1, 10) | st.just(0))
def test_of_a_parameter_that_may_be_zero_every_value_comes_out_as_it_was_given(value: float) -> None:
    plan = make_plan(
        SearchSpace.model_validate(SPACE),
        "small.yaml",
        **{"name": "small", "preset": "quick", "seed": 3, "trials": 1},
        points=[{"family": "wae-uniform", "lambda_1": value}],
    )
    (settings,) = ask(memory(plan), plan, 1)
    assert settings["lambda_1"] == value


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_given_points_are_the_same_after_a_cut(make: MakePlan, open_study: Open, sampler: str) -> None:
    plan = make({**SPACE, "replicates": 2}, trials=10, sampler=sampler, points=POINTS)
    uncut = ask(memory(plan), plan, 10)
    assert [settings for n in (1, 2, 2, 5) for settings in ask(open_study(plan), plan, n)] == uncut
