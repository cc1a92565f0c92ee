"""Which configurations won, and the study that trains them again."""

from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.config.warm_start import WarmStart
from study.records.table import VALIDATION, TrialRecord
from study.running.confirmation import confirmation, winners
from study.search.proposals import CONFIRMATION, trial_seed
from study.system.errors import InputError
from study.trial.model import STREAMS, stream_seed

PLAN = make_plan(load_space("dsprites")[0], "dsprites", name="search", preset="quick", seed=4, trials=12, stopping=True)


@pytest.fixture
def plan() -> StudyPlan:
    return PLAN


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
        *("name", "sampler", "seed", "trials", "replicates", "stopping", "warm_start", "points", "confirms"),
        "seeds",
    }
    assert all(getattr(again, name) == getattr(plan, name) for name in kept)


@hypothesis.given(
    search=st.integers(0, 2**40), confirmed=st.integers(0, 2**40), trial=st.integers(0, 999), again=st.integers(0, 999)
)
def test_no_seed_of_a_confirmation_is_one_of_a_search(search: int, confirmed: int, trial: int, again: int) -> None:
    """So no trial of a confirmation has the weights and batches of a trial of a search, whatever their `--seed`."""
    plan = PLAN.model_copy(update={"seed": search})
    winner = record(PLAN, 0, (100.0, 0.7)).config
    confirming = confirmation(PLAN.model_copy(update={"seed": confirmed}), "again", [winner], 3)
    assert confirming.seed == confirmed
    assert trial_seed(plan, trial) < CONFIRMATION <= trial_seed(confirming, again) < 2 * CONFIRMATION


def test_seeds_of_the_search_one_seed_higher_are_not_used(plan: StudyPlan) -> None:
    again = confirmation(plan, "again", [record(plan, 0, (100.0, 0.7)).config], 3)
    seeds = {stream_seed(trial_seed(again, number), stream) for number in range(300) for stream in STREAMS}
    assert len(seeds) == 300 * len(STREAMS)
    for seed in (plan.seed, plan.seed + 1):
        search = plan.model_copy(update={"seed": seed})
        own = {stream_seed(trial_seed(search, number), stream) for number in range(300) for stream in STREAMS}
        assert not seeds & own


def test_a_confirmation_of_before_is_resumed_with_the_seeds_it_began_with(plan: StudyPlan, tmp_path: Path) -> None:
    """Its file says nothing of where its seeds are from, and that its seed is one higher than the search's."""
    first, second = record(plan, 0, (100.0, 0.7)).config, record(plan, 1, (90.0, 0.6)).config
    own = confirmation(plan, "again", [first], 3)
    own.model_copy(update={"seed": 5, "seeds": "search"}).save(tmp_path / "study.yaml")
    assert "seeds" not in (tmp_path / "study.yaml").read_text()
    before = StudyPlan.load(tmp_path / "study.yaml")
    assert confirmation(plan, "again", [first], 3, before) == before
    more = confirmation(plan, "again", [second], 3, before)
    higher = plan.model_copy(update={"seed": 5})
    assert [trial_seed(more, number) for number in range(6)] == [trial_seed(higher, number) for number in range(6)]


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
    with pytest.raises(
        InputError, match=r"--confirm: again exists and belongs to another study: replicates was 3, received 5"
    ):
        confirmation(plan, "again", [config], 5, before)
    with pytest.raises(InputError, match="seed was 4, received 5"):
        confirmation(plan.model_copy(update={"seed": 5}), "again", [config], 3, before)
