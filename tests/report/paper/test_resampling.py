"""Intervals over resampled seeds: against a slow bootstrap, and what the tables keep."""

import numpy as np
import pandas as pd
import pytest

from study.report.paper.resampling import interval, resampled_values


def table(sizes: list[int], seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ids = [f"c{index}" for index, size in enumerate(sizes) for _ in range(size)]
    trials = pd.DataFrame({"config_id": ids, "value": rng.normal(size=len(ids)) + np.arange(len(ids)), "on": True})
    return trials.sample(frac=1, random_state=seed).reset_index(drop=True)


def test_the_interval_is_that_of_a_slow_bootstrap() -> None:
    trials = table([8, 6, 7])

    def best(some: pd.DataFrame) -> float:
        return float(some.groupby("config_id")["value"].mean().max())

    (values,) = resampled_values(trials, {"best": best}).values()
    rng = np.random.default_rng(99)
    slow = []
    for _ in range(3000):
        means = []
        for name in set(trials["config_id"]):
            own = [value for value, its in zip(trials["value"], trials["config_id"], strict=True) if its == name]
            means.append(np.mean([own[rng.integers(len(own))] for _ in own]))
        slow.append(max(means))
    found = interval(values)
    assert found is not None
    spread = np.std(slow)
    np.testing.assert_allclose(found, np.percentile(slow, [2.5, 97.5]), atol=0.25 * spread)
    assert found[0] < best(trials) < found[1]


def test_the_same_table_gives_the_same_interval_and_selection_is_redone() -> None:
    trials = table([5, 5])
    chosen = []

    def measure(some: pd.DataFrame) -> float:
        means = some.groupby("config_id")["value"].mean()
        chosen.append(means.idxmax())
        return float(means.max())

    trials["value"] = np.where(trials["config_id"] == "c0", trials.index % 3, 0.9)
    first, again = (resampled_values(trials, {"m": measure}, number=100)["m"] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert set(chosen) == {"c0", "c1"}


def test_columns_keep_their_kind_and_the_table_itself_stays() -> None:
    trials = table([3, 3])
    trials["family"] = "beta-vae"
    before = trials.copy()
    kinds = set()

    def measure(some: pd.DataFrame) -> float:
        kinds.add((some["value"].dtype.kind, bool((some["family"] == "beta-vae").all()), some["on"].iloc[0] is True))
        assert list(some.index) == list(range(len(some)))
        return float(len(some))

    resampled_values(trials, {"m": measure}, number=3)
    assert kinds == {("f", True, True)}
    pd.testing.assert_frame_equal(trials, before)


def test_infinite_values_count_and_few_that_cannot_be_said_are_left_out() -> None:
    values = np.concatenate([np.linspace(0, 1, 900), np.full(100, np.inf)])
    assert interval(values) == (pytest.approx(0.027, abs=0.005), np.inf)
    assert interval(np.full(10, -np.inf)) == (-np.inf, -np.inf)
    few, many = np.linspace(0, 1, 1000), np.linspace(0, 1, 1000)
    few[:20], many[:60] = np.nan, np.nan
    low, high = interval(few) or (np.nan, np.nan)
    assert 0.04 < low < 0.05
    assert 0.97 < high < 0.98
    assert interval(many) is None
    assert interval(np.full(5, np.nan)) is None
