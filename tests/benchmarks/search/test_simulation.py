"""Studies on known trials: what is trained, stopped and told."""

from collections import Counter
from typing import Any, get_args

import numpy as np
import pytest

from benchmarks.search.simulation import Rule, simulate
from study.config.plan import StudyPlan
from study.records.outcome import Outcome
from study.search import storage
from tests.benchmarks.search.landscape import Noiseless, plan_of


@pytest.mark.parametrize(
    ("sampler", "rule"),
    [("random", rule) for rule in get_args(Rule)] + [("tpe", "epsilon-net"), ("nsga2", "none"), ("nsga2", "crowding")],
)
def test_every_image_is_accounted_for(sampler: str, rule: Rule) -> None:
    run = simulate(plan_of(sampler, rule), Noiseless(), rule, budget=12 * 2700, workers=4)
    trained = 2700 * len(run.completed) + sum(rung * count for rung, count in run.stopped.items())
    assert trained + run.under_way == run.images == 12 * 2700
    assert run.under_way <= 4 * 2700
    assert run.started == len(run.completed) + sum(run.stopped.values()) + 4
    moments = [each.images for each in run.completed]
    assert moments == sorted(moments)
    assert all(0 < moment <= run.images for moment in moments)
    if rule == "none":
        assert len(run.completed) == 12
        assert not run.stopped


@pytest.mark.parametrize(("sampler", "rule"), [("random", "chance"), ("tpe", "epsilon-net"), ("nsga2", "none")])
def test_a_seed_says_all(sampler: str, rule: Rule) -> None:
    first, again, other = (
        simulate(plan_of(sampler, rule, seed), Noiseless(), rule, budget=10 * 2700, workers=3) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.completed != other.completed


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("rule", ["epsilon-net", "crowding", "foresight"])
def test_where_rungs_tell_the_end_halving_finds_the_same_front_with_a_third_of_the_images(
    rule: Rule, seed: int
) -> None:
    """Random search proposes the same trials in both, and who is the best so far is never stopped."""
    whole = simulate(plan_of(seed=seed), Noiseless(), "none", budget=36 * 2700, workers=4)
    halved = simulate(plan_of(rule=rule, seed=seed), Noiseless(), rule, budget=12 * 2700, workers=4)
    assert halved.started > whole.started - 4
    assert min(whole.completed, key=lambda each: each.values).values in {each.values for each in halved.completed}


def test_where_rungs_mislead_lots_are_better_and_foresight_is_best() -> None:
    def mean(rule: Rule) -> float:
        run = simulate(plan_of(rule=rule), Noiseless(turned=True), rule, budget=16 * 2700, workers=4)
        return float(np.mean([each.values[0] for each in run.completed]))

    assert mean("foresight") < mean("chance") < mean("epsilon-net")


def test_lots_stop_as_many_as_values_do() -> None:
    def gone_on(rule: Rule) -> float:
        run = simulate(plan_of(rule=rule), Noiseless(), rule, budget=20 * 2700, workers=4)
        return 1 - run.stopped[100] / (run.started - 4)

    assert gone_on("epsilon-net") == pytest.approx(0.4, abs=0.1)  # a third, and who came early
    assert gone_on("chance") == pytest.approx(gone_on("epsilon-net"), abs=0.1)


def test_search_is_told_what_studies_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Outcome] = []
    tell = storage.tell

    def listening(study: Any, plan: StudyPlan, number: int, outcome: Outcome) -> None:
        told.append(outcome)
        tell(study, plan, number, outcome)

    monkeypatch.setattr(storage, "tell", listening)
    run = simulate(plan_of(rule="epsilon-net"), Noiseless(), "epsilon-net", budget=10 * 2700, workers=2)
    states = Counter(outcome.state for outcome in told)
    assert states == {"complete": len(run.completed), "pruned": sum(run.stopped.values())}
    complete = [outcome.metrics for outcome in told if outcome.state == "complete"]
    assert [tuple(metrics.values()) for metrics in complete] == [each.values for each in run.completed]
    assert set(complete[0]) == {"validation_reconstruction", "validation_disentanglement"}


def test_a_simulation_needs_an_even_budget_and_values_at_its_rungs() -> None:
    with pytest.raises(ValueError, match="multiple of 4 workers; received 2702"):
        simulate(plan_of(), Noiseless(), "none", budget=2702, workers=4)
    with pytest.raises(ValueError, match="needed are values at"):
        simulate(plan_of(rule="chance"), Noiseless(images=(100, 2700)), "chance", budget=2700, workers=4)
    assert len(simulate(plan_of(), Noiseless(images=(2700,)), "none", budget=2700, workers=1).completed) == 1
