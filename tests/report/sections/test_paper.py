"""The section beside the paper: its figures, and its claims with their verdicts."""

import html

import pandas as pd
import pytest

from study.report.claims.claim import claims_of
from study.report.paper import ROWS
from study.report.paper.short_budget import BUDGET
from study.report.write import write_report
from tests.report.made import Make

MINE = ("figure4", "figure5", "headline")


@pytest.mark.usefixtures("few_exchanges")
def test_the_report_has_the_figures_and_the_claims(figure4: Make) -> None:
    study = figure4(seeds=3)
    summary = write_report([study.path])
    for row in MINE:
        assert (study.figures / f"paper_{row}.png").read_bytes().startswith(b"\x89PNG")
    assert not (study.figures / "paper_budget.png").exists()
    page = study.report.read_text()
    assert BUDGET.undrawn in html.unescape(page)
    assert page.index("Comparison with the paper") < page.index("<h2>Families</h2>")
    for claim in (claim for row in MINE for claim in claims_of(row)):
        assert claim.id in {verdict.claim.id for verdict in summary.verdicts}
        assert claim.claim in html.unescape(page)
    table = pd.read_csv(study.claims)
    assert table["verdict"].tolist() == [verdict.word for verdict in summary.verdicts]
    assert page.count('class="agrees"') == table["verdict"].tolist().count("agrees") > 10
    linear = table[table["reading"] != "tanh"]
    assert linear["single_replicates"].str.split().str.len().tolist() == [3] * len(linear)
    assert (linear["low"] <= linear["ours"]).all()
    assert (linear["p_value"].isna() == (linear["exchanged"] == "nothing")).all()
    assert (linear["by_chance"].dropna() <= 0.05).all()
    tanh = table[table["reading"] == "tanh"]
    assert set(tanh["why"]) == {"no such settings were run with tanh means"}
    assert set(tanh["id"]) == {name for row in MINE for name, measure in ROWS[row].measures.items() if measure.readings}
    assert {study.figures / f"paper_{row}.png" for row in MINE} <= set(summary.figures)
