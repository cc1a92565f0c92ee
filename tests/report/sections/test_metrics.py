"""The page's parts on all metrics: the table of the front, and the matrix as a figure and as a table."""

import re
from html import unescape
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.metrics import METRICS
from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.agreement import agreement, signed
from study.report.page import render_page
from study.report.read.album import Album
from study.report.sections import metrics
from study.report.sections.metrics import all_metrics
from study.report.sections.section import Contents
from study.report.text.format import number, plain
from study.report.write import write_report
from tests.report.made import Make, analysis_of, edited


def cells(table: dict[str, Any], metric: str) -> dict[int, dict[str, Any]]:
    """The cells of one metric by trial."""
    column = [c["name"] for c in table["columns"]].index(plain(metric))
    return {row["trial"]: row["cells"][column] for row in table["rows"]}


def test_the_table_has_the_front_and_the_bests_with_every_metric(make: Make) -> None:
    study = make("every", suite=True)
    analysis = analysis_of(study)
    table = all_metrics(analysis)
    bests = {
        int(row["trial"])
        for group in analysis.groups
        for objective in analysis.objectives
        if (row := analysis.best(group, objective)) is not None
    }
    assert {row["trial"] for row in table["rows"]} == bests | set(analysis.front["trial"])
    assert table["left_out"] == 0
    records = read_records(study.records).set_index("trial")
    names = [name for name, metric in METRICS.items() if metric.direction is not None and name in records]
    assert [column["name"] for column in table["columns"]] == [plain(name) for name in names]
    assert len(names) > 15
    rows = [row["trial"] for row in table["rows"]]
    for name in names:
        shown = cells(table, name)
        assert {trial: cell["value"] for trial, cell in shown.items()} == {
            trial: number(records.loc[trial, name], name) for trial in rows
        }
        values = records.loc[rows, name]
        best = values.min() if METRICS[name].direction == "minimize" else values.max()
        assert {trial for trial, cell in shown.items() if cell["best"]} == set(values.index[values == best])
        assert table["columns"][names.index(name)]["least"] == (METRICS[name].direction == "minimize")


def test_a_standard_error_and_a_value_at_full_size_stand_below(make: Make) -> None:
    study = make("beside", ended=3)
    edited(study, lambda r: r.assign(reconstruction_standard_error=[0.21, np.nan, 0.4], full_mig=[0.5, np.nan, 1]))
    table = all_metrics(analysis_of(study))
    assert {t: c["beside"] for t, c in cells(table, "reconstruction").items()} == {0: "± 0.2", 1: "", 2: "± 0.4"}
    assert {t: c["beside"] for t, c in cells(table, "mig").items()} == {
        0: "full size 0.500",
        1: "",
        2: "full size 1.000",
    }


def test_a_long_front_is_cut_but_never_the_bests(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    study = make("long", trials=18, pictures=False)
    # every trial is on the front
    edited(study, lambda r: r.assign(disentanglement=r["reconstruction"].rank() / 100))
    monkeypatch.setattr(metrics, "MOST", 8)
    table = all_metrics(analysis_of(study))
    assert len(table["rows"]) == 8
    assert table["left_out"] == 10
    assert "10 more non-dominated trials are not shown." in text_of(study)


def test_nothing_beside_the_objectives_is_no_table(make: Make) -> None:
    def objectives_only(records: pd.DataFrame) -> pd.DataFrame:
        others = set(METRICS) - {"reconstruction", "disentanglement"}
        return records.drop(columns=[c for c in records if c.removeprefix("validation_") in others])

    study = make("bare")
    edited(study, objectives_only)
    assert all_metrics(analysis_of(study))["columns"] == []
    text = text_of(study)
    assert "All metrics" not in text
    assert "Do the metrics rank the models alike?" in text  # two are enough for that


def test_one_trial_is_not_the_best_of_one(make: Make) -> None:
    table = all_metrics(analysis_of(make("single", ended=1)))
    assert len(table["rows"]) == 1
    assert not any(cell["best"] for cell in table["rows"][0]["cells"])


def test_the_floor_is_told_in_the_table_where_reconstruction_is_no_objective(make: Make) -> None:
    def only_deviation(space: dict[str, Any]) -> dict[str, Any]:
        return {**space, "objectives": {"mean_pixel_deviation": "minimize"}, "reference": {}}

    said = "No model's reconstruction can be below 18.3 nats per image"
    assert text_of(make("one", space="fading_squares", trials=6, edit=only_deviation)).count(said) == 1
    assert text_of(make("two", space="fading_squares", trials=6)).count(said) == 1


def text_of(*studies: StudyFolder) -> str:
    """The words of the page; its figures are not drawn."""
    html = render_page(Contents(analysis_of(*studies), Album(studies[0].report)))
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def test_the_matrix_is_in_the_page_as_a_figure_and_as_the_same_numbers(make: Make) -> None:
    study = make("every", suite=True)
    html = write_report([study.path]).report.read_text(encoding="utf-8")
    found = agreement(analysis_of(study).complete)
    assert found is not None
    assert "<summary>As a table</summary>" in html
    matrix = html[html.index("Rank correlations of the metrics") :].split("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", matrix, flags=re.DOTALL)
    assert [name for name, _ in rows] == [plain(name) for name in found.metrics]
    for i, (_, row) in enumerate(rows):
        shown = re.findall(r"<td>(.*?)</td>", row)
        for j, cell in enumerate(shown):
            text = signed(found.rho[i, j])
            assert cell == (f"<strong>{text}</strong>" if found.beyond_chance[i, j] and i != j else text)
        assert len(shown) == len(found.metrics)
    assert 'alt="Heat map of the rank correlations' in html
    # Below what the trials are, above how they got there.
    order = [html.index(f"<h2>{title}") for title in ("Best of each", "All metrics", "Do the metrics", "Learning")]
    assert order == sorted(order)


def test_without_enough_trials_the_page_has_no_matrix(make: Make) -> None:
    study = make("three", ended=3)
    assert "rank the models alike" not in text_of(study)
    assert "rank the models alike" in text_of(make("four", ended=4))


def test_several_studies_in_one_table(make: Make) -> None:
    text = text_of(make("first"), make("second", overrides={"images": 800_000}))
    assert "wae-gaussian of second" in text
    assert "The trials of all 2 studies are ranked together" in text
