"""Which family wins: at known answers, under ties and noise, and in words that claim no more than there is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from study.folder import StudyFolder
from study.pareto import hypervolume_share
from study.records import read_records
from study.report.analysis import Analysis, analyse
from study.report.comparison import comparison, lead_along, leaders
from study.report.load import load_studies
from study.report.volume import minimised
from study.report.winner import winner_sentences

Make = Callable[..., StudyFolder]
pytestmark = pytest.mark.usefixtures("whole")


def analysis_of(study: StudyFolder, edit: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table) -> Analysis:
    edit(read_records(study.records)).to_csv(study.records, index=False)
    return analyse(load_studies([study.path]))


def points(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=float)


@pytest.mark.parametrize(
    ("ahead", "behind", "expected"),
    [
        (points((1, 0)), points((1, 3)), (3, 1, 1)),  # both at one place
        (points((0, 5), (4, 1)), points((2, 6)), (1, 2, 4)),
        (points((0, 5), (4, 1)), points((2, 6), (6, 6)), (1, 2, 4)),  # what is dominated says nothing
        (points((0, 5), (4, 1)), points((2, 6), (6, 0)), (3, 2, 6)),  # 1 from 2 to 4, 5 from 4 to 6
        (points((9, 2)), points((1, 2)), (0, 9, 9)),
    ],
)
def test_the_lead_is_the_mean_difference_of_what_is_reached(
    ahead: np.ndarray, behind: np.ndarray, expected: tuple[float, float, float]
) -> None:
    assert lead_along(ahead, behind) == pytest.approx(expected)


@given(*[arrays(float, st.tuples(st.integers(1, 8), st.just(2)), elements=st.integers(0, 9).map(float))] * 2)
def test_the_lead_turns_its_sign_with_the_sides(one: np.ndarray, other: np.ndarray) -> None:
    (gap, *ends), (back, *same) = lead_along(one, other), lead_along(other, one)
    assert gap == pytest.approx(-back)
    assert ends == same


def test_leaders_take_turns_along_the_front() -> None:
    table = points((1, 9), (2, 8), (3, 5), (4, 4), (5, 1), (5, 9))
    assert leaders(table, np.array(["a", "a", "b", "b", "a", "c"])) == [("a", 1), ("b", 3), ("a", 5)]


def test_values_are_shares_of_the_papers_box_and_the_best_comes_first(make: Make) -> None:
    analysis = analysis_of(make("many", trials=60, pictures=False))
    found = comparison(analysis)
    assert found is not None
    assert [group.name for group in found.groups] == ["wae-gaussian", "wae-uniform", "beta-vae"]
    box = analysis.paper_box
    assert box is not None
    assert box.ideal is not None
    for group, value in zip(found.groups, found.values, strict=True):
        own = minimised(group.complete, analysis.objectives)
        assert value == pytest.approx(hypervolume_share(own, box.reference, box.ideal))
    assert found.certainty is not None
    assert (found.certainty.each, found.certainty.seeds) == (20, False)
    lead, low_high = found.values[0] - found.values[1], found.certainty.lead
    assert low_high is not None
    assert low_high[0] < lead < low_high[1]


def worse(family: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Other families 20 nats and 0.05 behind this one, trial for trial."""

    def edit(table: pd.DataFrame) -> pd.DataFrame:
        own = table[table["family"] == family]
        for other in set(table["family"]) - {family}:
            rows = table["family"] == other
            table.loc[rows, "reconstruction"] = own["reconstruction"].to_numpy() + 20
            table.loc[rows, "disentanglement"] = own["disentanglement"].to_numpy() - 0.05
        return table

    return edit


def alike(table: pd.DataFrame) -> pd.DataFrame:
    """All families with the same values."""
    for name in ("reconstruction", "disentanglement"):
        table[name] = table.loc[table.index % 8, name].to_numpy()
    return table


def test_who_is_better_everywhere_wins(make: Make) -> None:
    study = make("clear", trials=24, pictures=False)
    analysis = analysis_of(study, worse("beta-vae"))
    lead, reached, where, at_equal, sure = winner_sentences(analysis)
    effort = "240,000 images a model (4 % of the paper's budget) and 24 trials with a result"
    assert lead == f"beta-vae wins after {effort}."
    assert reached.startswith("The trials of beta-vae dominate ")
    assert where == "The best disentanglement that is to be had at a given reconstruction is beta-vae's throughout."
    assert at_equal.count(" better than that of ") == 2
    assert "8 of each family, beta-vae is ahead of all others in" in sure
    assert sure.endswith("Each was trained with one seed: what another seed would change is not known.")


def test_equals_have_no_winner(make: Make) -> None:
    study = make("alike", trials=24, pictures=False)
    found = comparison(analysis_of(study, lambda table: alike(table.sort_values("family", ignore_index=True))))
    assert found is not None
    assert len(set(found.values)) == 1
    assert found.certainty is not None
    assert found.certainty.chance < 0.6
    (lead, *_) = winner_sentences(analyse(load_studies([study.path])))
    assert lead.startswith("No family wins for sure after ")


def test_with_replicates_seeds_are_drawn_and_configurations_stand_for_themselves(make: Make) -> None:
    analysis = analysis_of(make("seeds", trials=18, replicates=3, pictures=False))
    found = comparison(analysis)
    assert found is not None
    assert found.certainty is not None
    assert found.certainty.seeds
    group, box = found.groups[0], analysis.paper_box
    means = group.complete.groupby("config_id")[analysis.names].mean()
    assert box is not None
    assert found.values[0] == pytest.approx(box.volume(minimised(means, analysis.objectives)))
    text = " ".join(winner_sentences(analysis))
    assert ", by their means over seeds, dominate " in text
    assert "When the seeds of every configuration are drawn again" in text
    assert "one seed" not in text


def test_a_family_whose_configurations_are_called_anothers_is_left_out(make: Make) -> None:
    def mistaken(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(config_id=table["config_id"].where(table["family"] == "beta-vae", "same"))

    analysis = analysis_of(make("mistaken", trials=18, replicates=3, pictures=False), mistaken)
    found = comparison(analysis)
    assert found is not None
    assert {group.name for group in found.groups} == {"beta-vae", "wae-gaussian"}
    assert winner_sentences(analysis)


def test_lost_trials_are_drawn_too(make: Make) -> None:
    lost = {number: ("failed", "why not") for number in range(24) if number % 3 == 1 and number > 3}
    found = comparison(analysis_of(make("lost", trials=24, lost=lost, pictures=False)))
    assert found is not None
    assert found.certainty is not None
    assert found.certainty.each == 8
    assert {group.name: len(group.complete) for group in found.groups}["wae-gaussian"] == 1


def only(name: str, direction: str, reference: bool) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def edit(space: dict[str, Any]) -> dict[str, Any]:
        kept = {name: 0.2} if reference else {}
        return {**space, "objectives": {name: direction}, "reference": kept}

    return edit


@pytest.mark.parametrize("reference", [True, False])
def test_a_single_objective_is_compared_by_its_best_value(make: Make, reference: bool) -> None:
    study = make("single", trials=24, pictures=False, edit=only("disentanglement", "maximize", reference))
    found, (_, reached, sure) = comparison(analysis_of(study)), winner_sentences(analysis_of(study))
    assert found is not None
    records = read_records(study.records)
    assert found.values[0] == records["disentanglement"].max()
    assert f"is {records['disentanglement'].max():.3f}, that of " in reached
    assert "percentage" not in sure


@pytest.mark.parametrize(("trials", "says"), [(3, "there are too few trials"), (1, None)])
def test_too_few_trials(make: Make, trials: int, says: str | None) -> None:
    found = winner_sentences(analysis_of(make("few", trials=trials, pictures=False)))
    if says is None:
        assert found == []
    else:
        assert says in found[-1]
        assert found[0].startswith("No family wins for sure")


def test_where_no_trial_is_better_than_the_reference_that_is_said(make: Make) -> None:
    def poor(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(reconstruction=table["reconstruction"] + 2_000)

    lead, where = winner_sentences(analysis_of(make("poor", trials=6, pictures=False), poor))
    assert lead.startswith("No family has got anywhere after 240,000 images a model")
    assert "none of them is better than reconstruction 565.0 nats per image and disentanglement 0.200" in lead
    assert where.startswith("The best disentanglement that is to be had at a given reconstruction is")


def test_one_family_is_compared_with_none(make: Make) -> None:
    assert winner_sentences(analysis_of(make("one", trials=4, pictures=False, overrides={"family": "beta-vae"}))) == []


def test_families_of_several_studies_are_groups_of_their_own(make: Make) -> None:
    first, second = (make(name, trials=9, pictures=False) for name in ("first", "second"))
    found = comparison(analyse(load_studies([first.path, second.path])))
    assert found is not None
    assert len(found.groups) == 6
