"""What was reached by when; configurations, parameters, rungs: against slow computations, and where there is none."""

import numpy as np
import pytest

from study.pareto.dominance import non_dominated
from study.report.analysis.configurations import DEVIATION, configurations
from tests.report.made import Make, analysis_of


def test_configurations_are_means_over_their_seeds(make: Make) -> None:
    analysis = analysis_of(make("seeds", trials=16, replicates=4, lost={5: ("failed", "gone")}, pictures=False))
    table = configurations(analysis)
    assert table is not None
    assert len(table) == 4
    assert table["probability"].is_monotonic_decreasing
    for row in table.to_dict("records"):
        own = analysis.complete[analysis.complete["config_id"] == row["config_id"]]
        assert row["trials"] == tuple(own["trial"])
        assert row["lost"] == (1 if len(own) == 3 else 0)
        for name in analysis.names:
            assert row[name] == pytest.approx(own[name].mean())
            assert row[name + DEVIATION] == pytest.approx(own[name].to_numpy().std(ddof=1))
    rng = np.random.default_rng(5)
    values = {key: its[analysis.names].to_numpy() for key, its in analysis.complete.groupby("config_id")}
    times = np.zeros(len(values))
    for _ in range(2000):
        means = [each[rng.integers(len(each), size=len(each))].mean(axis=0) for each in values.values()]
        times += non_dominated(np.array(means) * [1, -1])
    slow = dict(zip(values, times / 2000, strict=True))
    for row in table.to_dict("records"):
        assert row["probability"] == pytest.approx(slow[row["config_id"]], abs=0.05)
