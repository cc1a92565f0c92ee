"""Which configurations won, and the study that trains them again."""

from typing import Any

import pytest

from study.config import StudyPlan, WarmStart, load_space, make_plan
from study.confirmation import confirmation, winners
from study.errors import InputError
from study.records import VALIDATION, TrialRecord
from study.search.proposals import trial_seed


@pytest.fixture
def plan() -> StudyPlan:
    space, _ = load_space("dsprites")
    return make_plan(space, "dsprites", name="search", preset="quick", seed=4, trials=12, stopping=True)


def record(plan: StudyPlan, trial: int, values: tuple[float, float], **point: Any) -> TrialRecord:
    """A complete trial; its test values say the opposite of its validation values."""
    own = {"family": "beta-vae", "latent_dim": 8, "beta": 1.0 + trial, "batch_size": 100, **point}
    config = plan.trial_config(own, trial_seed(plan, trial))
    metrics = dict(zip([VALIDATION + o.name for o in plan.space.objectives], values, strict=True))
    return TrialRecord(
        trial, config, "complete", metrics=metrics | {"reconstruction": -values[0], "disentanglement": 0}
    )


def test_winners_are_dominated_by_none_in_what_the_search_saw(plan: StudyPlan) -> None:
    records = [
        record(plan, 0, (100.0, 0.7)),
        record(plan, 1, (90.0, 0.6)),
        record(plan, 2, (95.0, 0.5)),
        record(plan, 3, (80.0, 0.5)),
    ]
    pruned = TrialRecord(4, records[0].config.model_copy(update={"beta": 9.0}), "pruned", metrics={"rung": 9000.0})
    assert winners(plan, [*records, pruned]) == [records[0].config, records[1].config, records[3].config]
    assert winners(plan, [pruned]) == []


def test_a_configuration_with_several_seeds_counts_by_its_mean(plan: StudyPlan) -> None:
    """One lucky seed of two does not win against who is better on average."""
    lucky = [record(plan, trial, values, beta=3.0) for trial, values in ((0, (80.0, 0.7)), (1, (120.0, 0.7)))]
    steady = record(plan, 2, (90.0, 0.7), beta=5.0)
    assert lucky[0].config.config_id == lucky[1].config.config_id
    assert winners(plan, [*lucky, steady]) == [steady.config]


def test_every_winner_is_trained_again_on_fresh_seeds(plan: StudyPlan) -> None:
    beta = record(plan, 0, (100.0, 0.7))
    wae = record(
        plan, 1, (90.0, 0.6), family="wae-uniform", beta=None, lambda_1=0.0, kernel_bandwidth=0.5, latent_dim=16
    )
    again = confirmation(plan, "search-confirmed", winners(plan, [beta, wae]), 3)
    assert (again.name, again.confirms, again.trials, again.replicates) == ("search-confirmed", "search", 6, 3)
    assert not again.stopping
    for record_, point in zip((beta, wae), again.points, strict=True):
        assert again.trial_config(dict(point), seed=record_.config.seed) == record_.config
    seeds = {trial_seed(again, number) for number in range(again.trials)}
    assert len(seeds) == 6
    assert not seeds & {trial_seed(plan, number) for number in range(plan.trials)}


def test_nothing_that_made_the_search_choose_is_in_the_study_of_its_winners(plan: StudyPlan) -> None:
    """No sampler that learns, no early stopping, no other study's trials, and no point that did not win."""
    config = record(plan, 0, (100.0, 0.7)).config
    learning = plan.model_copy(
        update={
            "sampler": "gp",
            "replicates": 2,
            "warm_start": WarmStart(study="earlier", checksum="0" * 64),
            "points": ({"family": "beta-vae", "latent_dim": 8, "beta": 9.0, "batch_size": 100},),
        }
    )
    again = confirmation(learning, "again", [config], 3)
    assert (again.sampler, again.stopping, again.warm_start, again.replicates) == ("random", False, None, 3)
    assert [again.trial_config(dict(point), config.seed) for point in again.points] == [config]
    kept = set(StudyPlan.model_fields) - {
        *("name", "sampler", "seed", "trials", "replicates", "stopping", "warm_start", "points", "confirms")
    }
    assert all(getattr(again, name) == getattr(plan, name) for name in kept)


def test_more_winners_of_a_longer_search_are_added(plan: StudyPlan) -> None:
    first, second = record(plan, 0, (100.0, 0.7)), record(plan, 1, (90.0, 0.6))
    before = confirmation(plan, "again", [first.config], 3)
    after = confirmation(plan, "again", [second.config, first.config], 3, before)
    assert [point["beta"] for point in after.points] == [1.0, 2.0]
    assert after.trials == 6
    assert confirmation(plan, "again", [second.config], 3, after) == after


def test_another_number_of_seeds_or_another_search_is_refused(plan: StudyPlan) -> None:
    config = record(plan, 0, (100.0, 0.7)).config
    before = confirmation(plan, "again", [config], 3)
    with pytest.raises(InputError, match=r"--confirm: again is there already.*replicates was 3, received 5"):
        confirmation(plan, "again", [config], 5, before)
    with pytest.raises(InputError, match="seed was 5, received 6"):
        confirmation(plan.model_copy(update={"seed": 5}), "again", [config], 3, before)
