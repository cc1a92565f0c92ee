"""When a claim agrees, disagrees, is undecided or not measured."""

import shutil
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.report.claims import significance
from study.report.claims.claim import Claim
from study.report.claims.measure import Measure, Trials, families, families_of, numbers_of
from study.report.claims.significance import Exchanged
from study.report.claims.verdicts import Chance, Verdict, decide, judge
from study.report.paper.answers import answers
from study.report.read.studies import load_studies

INFINITE = float("inf")
TEXTS: dict[str, Any] = {"id": "a", "row": "figure4", "claim": "It is so.", "paper": "2", "measure": "mean"}
ABOVE = Claim(**TEXTS, exchanged="nothing", above=1)
BELOW = Claim(**TEXTS, exchanged="nothing", below=1)
BETWEEN = Claim(**TEXTS, exchanged="nothing", between=(0.5, 1))
STORED = Path(__file__).parents[3] / "results/paper/figure4"

Values = Sequence[Sequence[float]]


def trials(**values: Values) -> pd.DataFrame:
    """Of each family one configuration for each list, whose seeds measured these values."""
    number = count()
    rows = [
        {"study": "s", "trial": next(number), "family": family.replace("_", "-"), "config_id": f"{family}{place}"}
        | {"latent_dim": place, "replicate": replicate, "value": value}
        for family, settings in values.items()
        for place, own in enumerate(settings)
        for replicate, value in enumerate(own)
    ]
    columns = ["study", "trial", "family", "config_id", "latent_dim", "replicate", "value"]
    return pd.DataFrame(rows, columns=columns)


def configurations(table: pd.DataFrame, planned: int = 0) -> pd.DataFrame:
    return table.drop_duplicates("config_id", ignore_index=True).assign(planned=planned, lost=0)


def mean(table: Trials) -> float:
    return float(numbers_of(table, "value").mean())


def lead(table: Trials) -> float:
    """The best mean of a Gaussian configuration minus that of a uniform one."""
    values, places = numbers_of(table, "value"), np.unique(numbers_of(table, "latent_dim"), return_inverse=True)[1]
    means = [
        np.bincount(places[mine], values[mine]) / np.bincount(places[mine])
        for mine in (families_of(table) == name for name in ("wae-gaussian", "wae-uniform"))
    ]
    return float(means[0].max() - means[1].max())


def slope(table: Trials) -> float:
    return float(np.polyfit(numbers_of(table, "latent_dim"), numbers_of(table, "value"), 1)[0])


MEAN, LEAD = Measure(mean, families("vae")), Measure(lead, families("wae-gaussian", "wae-uniform"))
SLOPE = Measure(slope, families("vae"))


def verdict(
    table: pd.DataFrame, claim: Claim = ABOVE, measure: Measure = MEAN, grid: pd.DataFrame | None = None
) -> Verdict:
    (found,) = judge([claim], {"a": measure}, table, configurations(table) if grid is None else grid)
    return found


def positive(exchanged: Exchanged) -> Claim:
    return Claim(**TEXTS, exchanged=exchanged, above=0)


# One family: the interval decides


@pytest.mark.parametrize(
    ("values", "above", "below", "between"),
    [
        ([2.0, 2.1, 1.9], "agrees", "disagrees", "disagrees"),
        ([0.7, 0.75, 0.8, 0.72], "disagrees", "agrees", "agrees"),
        ([0.1, 0.11, 0.12], "disagrees", "agrees", "disagrees"),
        ([0.9, 2.0, 2.0], "undecided", "undecided", "undecided"),
        ([1.0, 1.0, 1.0], "disagrees", "disagrees", "disagrees"),
    ],
)
def test_the_interval_decides(values: list[float], above: str, below: str, between: str) -> None:
    table = trials(vae=[values])
    found = [verdict(table, claim) for claim in (ABOVE, BELOW, BETWEEN)]
    assert [each.word for each in found] == [above, below, between]
    assert found[0].singles == tuple(values)
    assert found[0].interval is not None
    assert found[0].interval[0] <= found[0].value <= found[0].interval[1]
    assert (found[0].seeds, found[0].trials, found[0].chance) == (len(values), len(values), None)


@pytest.mark.parametrize(
    ("seeds", "why"),
    [
        (1, "one seed of a configuration: three are needed"),
        (2, "two seeds of a configuration: three are needed"),
    ],
)
def test_fewer_than_three_seeds_decide_nothing(seeds: int, why: str) -> None:
    found = verdict(trials(vae=[[2.0] * 5, [2.0] * seeds]))
    assert (found.word, found.why, found.interval) == ("undecided", why, None)
    assert (found.value, found.singles, found.trials) == (2.0, (2.0,) * seeds, 2 * seeds)


def test_only_replicates_that_every_configuration_has_are_judged() -> None:
    found = verdict(trials(vae=[[2.0, 2.0, 2.0, 50.0], [1.5, 1.6, 1.7]]))
    assert (found.seeds, found.trials, found.word) == (3, 6, "agrees")
    assert found.value == pytest.approx(1.8)
    assert found.singles == pytest.approx((1.75, 1.8, 1.85))
    assert found.used == {("s", number) for number in (0, 1, 2, 4, 5, 6)}


def test_what_all_replicates_together_say_differs_from_each_alone() -> None:
    """The best of all trials may be another configuration than the best of any replicate: that widens the interval."""

    def spread(table: Trials) -> float:
        return float(np.ptp(numbers_of(table, "value")))

    found = verdict(trials(vae=[[0.0, 5.0, 9.0], [0.5, 5.5, 9.5]]), BELOW, Measure(spread, families("vae")))
    assert (found.value, found.singles) == (9.5, (0.5, 0.5, 0.5))
    assert found.word == "undecided"


def test_trials_of_other_families_are_not_counted() -> None:
    found = verdict(trials(vae=[[2.0, 2.1, 1.9]], beta_vae=[[5.0], [6.0]]))
    assert (found.word, found.trials, found.seeds) == ("agrees", 3, 3)


# What has not run


def test_a_grid_that_was_not_run_whole_is_undecided() -> None:
    table = trials(vae=[[2.0] * 3, [2.0] * 3])
    found = verdict(table, grid=configurations(table, planned=4))
    assert (found.word, found.why) == ("undecided", "6 of 8 planned trials are complete")
    assert (found.value, found.interval) == (2.0, (2.0, 2.0))
    lost = configurations(table, planned=4).assign(lost=[1, 0])
    assert verdict(table, grid=lost).why == "6 of 8 planned trials are complete, and 1 ended without a result"
    assert verdict(table, grid=configurations(table, planned=3)).word == "agrees"


def test_planned_configurations_that_have_not_begun_are_missed() -> None:
    whole = trials(vae=[[2.0] * 3, [2.0] * 3])
    found = verdict(whole[:3], grid=configurations(whole, planned=3))
    assert (found.word, found.why) == ("undecided", "3 of 6 planned trials are complete")


def test_without_a_plan_a_configuration_that_was_lost_is_missed() -> None:
    table = trials(vae=[[2.0] * 3, [2.0] * 3])
    grid = configurations(table).assign(lost=[0, 2])
    assert verdict(table, grid=grid).word == "agrees"
    found = verdict(table[:3], grid=grid)
    assert found.why == "no seed of a configuration: three are needed, and 2 ended without a result"
    assert found.word == "undecided"


@pytest.mark.parametrize("ended", [27, 28, 55])
def test_stored_records_that_were_cut_decide_nothing(ended: int, tmp_path: Path) -> None:
    """Figure 4 as it stood while it ran, replicate by replicate: 81 trials in all."""
    study = StudyFolder(tmp_path)
    shutil.copy(STORED / "study.yaml", study.plan)
    pd.read_csv(STORED / "records.csv", dtype=str)[:ended].to_csv(study.records, index=False)
    found = [each for answer in answers(load_studies([tmp_path])) for each in answer.verdicts]
    assert len(found) > 30
    assert {each.word for each in found} == {"undecided"}
    assert f"{ended} of 81 planned trials are complete" in {each.why for each in found}


# Values that are not there


def test_what_cannot_be_said_is_not_measured() -> None:
    found = verdict(trials(vae=[[np.nan] * 3]))
    assert (found.word, found.why) == ("not measured", "these trials cannot say it")
    assert np.isnan(found.value)
    assert verdict(trials(beta_vae=[[2.0] * 3])).word == "not measured"
    none = verdict(trials(), grid=configurations(trials(vae=[[2.0]]), planned=3))
    assert (none.word, none.why) == ("undecided", "0 of 3 planned trials are complete")


def test_a_measure_may_ask_for_a_column_that_no_trial_has() -> None:
    def missing(table: Trials) -> float:
        return float(table["half_side"].mean())

    assert verdict(trials(vae=[[2.0] * 3]), measure=Measure(missing, families("vae"))).word == "not measured"

    def wrong(table: Trials) -> float:
        return {}[table["family"][0] and "family"]

    with pytest.raises(KeyError):
        verdict(trials(vae=[[2.0] * 3]), measure=Measure(wrong, families("vae")))


def test_one_infinity_decides_and_several_values_with_one_do_not() -> None:
    assert verdict(trials(vae=[[np.inf] * 3])).word == "agrees"
    assert verdict(trials(vae=[[-np.inf] * 3])).word == "disagrees"

    def largest(table: Trials) -> float:
        return float(numbers_of(table, "value").max())

    found = verdict(trials(vae=[[2.0, 2.0, np.inf]]), measure=Measure(largest, families("vae")))
    assert (found.word, found.interval, found.why) == ("undecided", None, "a replicate alone has no finite value")


# By chance


def drawn(rng: np.random.Generator, shift: float, settings: int = 6) -> pd.DataFrame:
    """Two families of one process: configurations have means of their own, and seeds vary; the first is shifted."""
    gaussian, uniform = rng.normal(0, 1, (2, settings, 1)) + rng.normal(0, 0.3, (2, settings, 3))
    return trials(wae_gaussian=(gaussian + shift).tolist(), wae_uniform=uniform.tolist())


def test_families_of_one_process_agree_seldom_and_different_ones_mostly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(significance, "EXCHANGES", 100)
    rng = np.random.default_rng(0)
    same = [verdict(drawn(rng, 0.0), positive("families"), LEAD).word for _ in range(60)]
    apart = [verdict(drawn(rng, 3.0), positive("families"), LEAD).word for _ in range(20)]
    assert same.count("agrees") <= 6
    assert same.count("disagrees") <= 6
    assert apart.count("agrees") >= 16
    assert apart.count("disagrees") == 0


def test_the_share_of_exchanges_is_that_of_all_arrangements() -> None:
    """Two configurations of three seeds: twenty ways to deal six values, and the observed one is the best of them."""
    table = trials(wae_gaussian=[[5.0, 6.0, 5.5]], wae_uniform=[[1.0, 2.0, 1.5]])
    found = verdict(table, positive("families"), LEAD)
    assert found.word == "agrees"
    assert found.chance is not None
    assert (found.chance.reaching, found.chance.opposing) == pytest.approx((1 / 20, 1.0))
    assert found.chance.agreeing == pytest.approx(1 / 20)
    assert verdict(table, Claim(**TEXTS, exchanged="families", below=0), LEAD).word == "disagrees"


def test_a_lead_that_exchanged_outcomes_reach_too_is_undecided() -> None:
    """The interval is above 0, and one value of six decides it: it is the first family's in half of all deals."""
    table = trials(wae_gaussian=[[9.0, 9.1, 9.2], *[[0.0] * 3] * 5], wae_uniform=[[0.0] * 3] * 6)
    found = verdict(table, positive("families"), LEAD)
    assert found.interval is not None
    assert found.interval[0] > 0
    assert found.chance is not None
    assert found.chance.reaching == pytest.approx(0.5, abs=0.05)
    assert found.word == "undecided"
    assert found.why.endswith(" % of the exchanges are as extreme")


def test_a_trend_is_among_the_most_extreme_orders_of_its_settings() -> None:
    rising = [[place, place + 0.1, place - 0.1] for place in range(4)]
    found = verdict(trials(vae=rising), positive("settings"), SLOPE)
    assert found.chance is not None
    assert found.chance.reaching == pytest.approx(1 / 24)
    assert found.word == "agrees"
    uneven = verdict(trials(vae=[rising[place] for place in (0, 2, 1, 3)]), positive("settings"), SLOPE)
    assert uneven.interval is not None
    assert uneven.interval[0] > 0
    assert (uneven.word, uneven.why) == ("undecided", "17 % of the exchanges are as extreme")


def test_exchanged_outcomes_agree_by_the_whole_rule() -> None:
    """The observed order is the steepest of 24, and seeds vary so much in one setting that its interval has 0."""
    found = verdict(trials(vae=[[0.0] * 3, [1.0, 9.0, -7.0], [2.0] * 3, [3.0] * 3]), positive("settings"), SLOPE)
    assert found.word == "undecided"
    assert found.chance is not None
    assert found.chance.reaching == pytest.approx(1 / 24)
    assert found.chance.agreeing == 0
    steady = verdict(trials(vae=[[0.0] * 3, [1.0] * 3, [2.0] * 3, [3.0] * 3]), positive("settings"), SLOPE)
    assert steady.chance is not None
    assert steady.chance.agreeing == pytest.approx(1 / 24)


def test_a_trend_disagrees_by_its_interval_alone_and_a_comparison_does_not() -> None:
    uneven = trials(vae=[[-place, 0.1 - place, -place - 0.1] for place in (0, 2, 1, 3)])
    assert verdict(uneven, positive("settings"), SLOPE).word == "disagrees"
    chance = Chance(1.0, 0.2, 0.0)
    assert decide(positive("families"), (-2.0, -1.0), chance) == ("undecided", "20 % of the exchanges are as extreme")
    assert decide(positive("settings"), (-2.0, -1.0), chance) == ("disagrees", "")


def test_a_rule_that_agrees_too_often_says_nothing() -> None:
    assert decide(positive("families"), (1.0, 2.0), Chance(0.01, 1.0, 0.1)) == ("agrees", "")
    for interval in ((1.0, 2.0), (-2.0, -1.0)):
        word, why = decide(positive("families"), interval, Chance(0.01, 0.01, 0.11))
        assert (word, why) == ("undecided", "exchanged outcomes agree in 11 % of cases")


def test_measures_of_the_same_trials_are_taken_on_the_same_exchanges() -> None:
    seen: list[Trials] = []

    def noted(table: Trials) -> float:
        seen.append(table)
        return lead(table)

    table = drawn(np.random.default_rng(1), 1.0, settings=4)
    claims = [positive("families").model_copy(update={"id": name}) for name in "ab"]
    measures = {name: Measure(noted, families("wae-gaussian", "wae-uniform")) for name in "ab"}
    first, second = judge(claims, measures, table, configurations(table))
    assert first.chance == second.chance
    joint = [id(each) for each in seen if len(each) == 24]
    assert len(joint) == 2 * 1000 + 2
    assert joint[2::2] == joint[3::2]
