"""The table of non-dominated trials; of one objective, the ranking."""

from typing import Any

import numpy as np

from study.records.table import read_records
from study.report.analysis.configurations import configurations, probabilities
from tests.report.made import Make, analysis_of
from tests.report.read_page import page_of, rendered


def test_the_front_table_has_the_probability_of_each_trial(make: Make) -> None:
    analysis = analysis_of(make("seeds", trials=12, replicates=3, pictures=False))
    sure, table = probabilities(analysis), configurations(analysis)
    assert table is not None
    assert set(sure) == {("seeds", trial) for trial in range(12)}
    assert all(len({sure["seeds", trial] for trial in trials}) == 1 for trials in table["trials"])
    text = rendered(analysis)
    assert "Configurations, with their seeds together" in text
    assert "each of 4 configurations stands" in text
    assert "The probability is that of the configuration" in text
    for trial in analysis.complete.to_dict("records"):
        named = {name: trial[name] for name in ("beta", "kernel_bandwidth", "lambda_1") if not np.isnan(trial[name])}
        said = ", ".join(f"{name} {value:.3g}" for name, value in named.items())
        assert f"{said}, batch_size {trial['batch_size']:.0f}<span" in text
    assert "The winners, trained again" not in text


def test_one_objective_is_a_ranking(make: Make) -> None:
    def only_disentanglement(space: dict[str, Any]) -> dict[str, Any]:
        return {**space, "objectives": {"disentanglement": "maximize"}, "reference": {"disentanglement": 0.2}}

    study = make("ranking", edit=only_disentanglement)
    page = page_of(study)
    assert "Disentanglement by family" in page.text
    assert "Ranking" in page.text
    assert "Pareto" not in page.text
    assert "Figure 4" not in page.text
    records = read_records(study.records).sort_values("disentanglement", ascending=False)
    shown = [f"{value:.3f}" for value in records["disentanglement"].head(10)]
    ranking = page.text.split("Ranking", 2)[2]  # after the table of contents
    positions = [ranking.index(value) for value in shown]
    assert positions == sorted(positions)
