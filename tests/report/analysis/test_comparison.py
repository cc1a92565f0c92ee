"""Which family wins: at known answers, under ties and noise, and in words that claim no more than there is."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from study.config.space import minimised
from study.pareto.hypervolume import hypervolume_share
from study.records.table import read_records
from study.report.analysis.analysis import analyse
from study.report.analysis.comparison import Comparison, comparison, lead_along, leaders, standing
from study.report.read.studies import load_studies
from study.report.sentences.winner import winner_sentences
from tests.report.made import Make, analysis_of, edited, worse

pytestmark = pytest.mark.usefixtures("whole")


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
    assert not found.replicated
    assert [(pair.ahead.name, pair.behind.name) for pair in found.pairs] == [
        ("wae-gaussian", "wae-uniform"),
        ("wae-gaussian", "beta-vae"),
        ("wae-uniform", "beta-vae"),
    ]
    for pair in found.pairs:
        assert pair.configurations == 20
        assert pair.interval[0] < pair.lead < pair.interval[1]


def alike(table: pd.DataFrame) -> pd.DataFrame:
    """All families with the same values."""
    for name in ("reconstruction", "disentanglement"):
        table[name] = table.loc[table.index % 8, name].to_numpy()
    return table


def test_equals_have_no_winner(make: Make) -> None:
    study = make("alike", trials=24, pictures=False)
    analysis = analysis_of(edited(study, lambda table: alike(table.sort_values("family", ignore_index=True))))
    found = comparison(analysis)
    assert found is not None
    assert len(set(found.values)) == 1
    assert found.winner is None
    assert {pair.tested.p for pair in found.pairs if pair.tested} == {1.0}
    lead, *_, tested, decides = winner_sentences(analysis)
    assert lead.startswith("No significant winner; ")
    assert tested.startswith("No significant difference between ")
    assert decides.count("0.0 percentage points, is smaller than ") == 2


def test_with_replicates_configurations_stand_for_themselves(make: Make) -> None:
    analysis = analysis_of(make("seeds", trials=36, replicates=3, pictures=False))
    found = comparison(analysis)
    assert found is not None
    assert found.replicated
    group, box = found.groups[0], analysis.paper_box
    means = group.complete.groupby("config_id")[analysis.names].mean()
    assert box is not None
    assert found.values[0] == pytest.approx(box.volume(minimised(means, analysis.objectives)))
    assert [(pair.configurations, pair.seeds) for pair in found.pairs] == [(4, 3)] * 3
    assert all(0 < pair.noise < 1 for pair in found.pairs)
    assert ", by their means over seeds, dominate " in " ".join(winner_sentences(analysis))


def test_one_repeated_configuration_makes_no_winner(make: Make) -> None:
    """Twelve single seeds have no winner; nor have they when two of them are seeds of one configuration."""

    def repeated(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(config_id=table["config_id"].where(table.index != 3, table["config_id"][0]))

    study = make("single", trials=15, pictures=False)
    before, after = comparison(analysis_of(study)), comparison(analysis_of(edited(study, repeated)))
    assert before is not None
    assert after is not None
    assert (before.replicated, after.replicated) == (False, True)
    assert before.winner is after.winner is None
    for pair in after.pairs:
        assert pair.interval[0] < pair.interval[1]


FIGURE4 = Path("results/paper/figure4")


@pytest.mark.parametrize("trials", [27, 28, 40, 55, 81])
def test_figure4_names_no_winner_however_much_of_it_has_run(tmp_path: Path, trials: int) -> None:
    """Its two WAEs are alike, and the configurations with more seeds are those that came first."""
    shutil.copy(FIGURE4 / "study.yaml", tmp_path)
    pd.read_csv(FIGURE4 / "records.csv").head(trials).to_csv(tmp_path / "records.csv", index=False)
    found = comparison(analyse(load_studies([tmp_path])))
    assert found is not None
    assert found.winner is None
    assert {pair.level for pair in found.pairs} == {0.05}
    if trials == 81:
        assert [pair.better for pair in found.pairs] == [False, True, True]


def test_the_level_is_stricter_where_a_sampler_learns(make: Make) -> None:
    """The same trials, with a p-value between the two levels."""

    def searched_by(sampler: str) -> Comparison:
        study = make(sampler, trials=24, pictures=False, edit=lambda space: {**space, "sampler": sampler})
        found = comparison(analysis_of(edited(study, worse("beta-vae"))))
        assert found is not None
        return found

    adaptive, random = searched_by("tpe"), searched_by("random")
    assert adaptive.winner is None
    assert random.winner is not None
    assert [pair.tested for pair in adaptive.pairs] == [pair.tested for pair in random.pairs]
    assert [pair.found for pair in adaptive.pairs] == [False, False, False]
    assert adaptive.pairs[0].tested is not None
    assert 0.03 < adaptive.pairs[0].tested.p <= 0.05


def test_a_better_family_with_more_effort_is_said_not_to_win(make: Make) -> None:
    """Beyond 10 % of trials: ten and twelve."""

    def kept(table: pd.DataFrame) -> pd.DataFrame:
        return worse("beta-vae")(table).query("not (family == 'wae-uniform' and trial > 30)")

    analysis = analysis_of(edited(make("effort", trials=36, pictures=False), kept))
    found = comparison(analysis)
    assert found is not None
    assert found.winner is None
    assert [(pair.behind.name, pair.found, pair.better) for pair in found.pairs if pair.ahead.name == "beta-vae"] == [
        ("wae-gaussian", True, True),
        ("wae-uniform", True, False),
    ]
    text = " ".join(winner_sentences(analysis))
    assert "beta-vae is better than wae-uniform" in text
    assert "with budgets that differ by more than 10 %" in text
    assert "beta-vae and wae-uniform need equally many trials and images, within 10 %." in text


def test_configurations_of_two_families_are_two_even_if_they_are_called_the_same(make: Make) -> None:
    def mistaken(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(config_id=table["config_id"].where(table["family"] == "beta-vae", "same"))

    analysis = analysis_of(edited(make("mistaken", trials=18, replicates=3, pictures=False), mistaken))
    assert standing(analysis).groupby("group").size().to_dict() == {"beta-vae": 2, "wae-gaussian": 1, "wae-uniform": 1}
    assert winner_sentences(analysis)


def test_lost_trials_are_tried_configurations_that_reach_nothing(make: Make) -> None:
    """Labels are exchanged between them and the others, and intervals draw them: half of a family are worth less."""
    lost = {number: ("failed", "why not") for number in range(48) if number % 3 == 1 and number % 2}
    whole = comparison(analysis_of(edited(make("whole", trials=48, pictures=False), worse("wae-gaussian"))))
    analysis = analysis_of(make("lost", trials=48, lost=lost, pictures=False))
    found = comparison(analysis)
    assert found is not None
    assert whole is not None
    tried = standing(analysis)
    own = tried[tried["group"] == "wae-gaussian"]
    assert (len(own), int(own["reconstruction"].isna().sum()), set(own["tried"])) == (16, 8, {1})
    assert all(pair.configurations == 16 for pair in found.pairs)
    wide = [np.diff(pair.interval)[0] for pair in found.pairs if "wae-gaussian" in (pair.ahead.name, pair.behind.name)]
    narrow = [
        np.diff(pair.interval)[0] for pair in found.pairs if "wae-gaussian" not in (pair.ahead.name, pair.behind.name)
    ]
    assert min(wide) > 0 < min(narrow)
    assert found.winner is None


def test_trials_that_failed_are_effort_too(make: Make) -> None:
    """Two of sixteen, which had seen 40 % of their images: as many trials, and 7.5 % fewer images."""
    lost = dict.fromkeys((4, 7), ("failed", "why not"))
    found = comparison(analysis_of(make("few-lost", trials=48, lost=lost, pictures=False)))
    assert found is not None
    assert all(pair.equal for pair in found.pairs)


def only(name: str, direction: str, reference: bool) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def edit(space: dict[str, Any]) -> dict[str, Any]:
        kept = {name: 0.2} if reference else {}
        return {**space, "objectives": {name: direction}, "reference": kept}

    return edit


@pytest.mark.parametrize("reference", [True, False])
def test_a_single_objective_is_compared_by_its_best_value(make: Make, reference: bool) -> None:
    study = make("single", trials=24, pictures=False, edit=only("disentanglement", "maximize", reference))
    found, (_, reached, *tested) = comparison(analysis_of(study)), winner_sentences(analysis_of(study))
    assert found is not None
    records = read_records(study.records)
    assert found.values[0] == records["disentanglement"].max()
    assert f"is {records['disentanglement'].max():.3f}, that of " in reached
    assert "percentage" not in " ".join(tested)
    assert all(pair.tested is not None for pair in found.pairs)


def test_families_of_several_studies_are_groups_of_their_own(make: Make) -> None:
    first, second = (make(name, trials=9, pictures=False) for name in ("first", "second"))
    found = comparison(analyse(load_studies([first.path, second.path])))
    assert found is not None
    assert len(found.groups) == 6
