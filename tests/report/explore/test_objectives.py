"""The interactive figures hold the records: every complete trial, once, where its values say."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.drawing.style import LOOKS
from study.report.explore.objectives import beyond, objectives_figures
from study.report.explore.parallel import ABSENT, parallel_figures
from study.report.explore.slices import slices_figures
from tests.report.explore.figures import all_figures, corners, dressed, points, undominated
from tests.report.made import Make, analysis_of, edited


@pytest.mark.parametrize("names", [["reconstruction"], ["reconstruction", "disentanglement"], None])
def test_figures_are_valid_to_plotly_in_every_look(make: Make, names: list[str] | None) -> None:
    names = names or ["reconstruction", "disentanglement", "frechet_factors"]
    direction = {"disentanglement": "maximize"}
    objectives = [{"name": name, "direction": direction.get(name, "minimize")} for name in names]
    options = {"pictures": False, "edit": lambda space: {**space, "objectives": objectives, "reference": {}}}
    analysis = analysis_of(make("some", trials=9, **options), make("other", trials=3, **options))
    figures = list(all_figures(analysis))
    assert len(figures) == {1: 1 + 2 + 5, 2: 1 + 3 + 2 * 5, 3: 3 + 4 + 3 * 5}[len(names)]
    for look in LOOKS[:2]:
        for figure in figures:
            go.Figure(dressed(figure, look))  # raises at what its schema does not know


def test_objectives_are_those_of_the_records(study: StudyFolder) -> None:
    records = read_records(study.records)
    done = records[records["state"] == "complete"]
    (figure,) = objectives_figures(analysis_of(study)).values()
    expected = {int(row.trial): (row.reconstruction, row.disentanglement) for row in done.itertuples()}
    assert points(figure) == expected
    rings = {
        at
        for trace in figure["data"]
        if trace["mode"] == "markers" and "customdata" not in trace
        for at in zip(trace["x"], trace["y"], strict=True)
    }
    assert rings == set(undominated(list(expected.values())))


def test_a_front_line_goes_through_the_front_of_its_family(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    (figure,) = objectives_figures(analysis).values()
    lines = {t["meta"]["group"]: list(zip(t["x"], t["y"], strict=True)) for t in figure["data"] if t["mode"] == "lines"}
    assert set(lines) == {group.name for group in analysis.groups}
    for group in analysis.groups:
        own = list(zip(group.complete["reconstruction"], group.complete["disentanglement"], strict=True))
        assert lines[group.name] == sorted(undominated(own))


def test_one_objective_has_a_row_for_each_family(make: Make) -> None:
    study = make(
        "single",
        trials=6,
        pictures=False,
        edit=lambda s: {**s, "objectives": [{"name": "disentanglement", "direction": "maximize"}], "reference": {}},
    )
    analysis = analysis_of(study)
    (figure,) = objectives_figures(analysis).values()
    values = read_records(study.records).set_index("trial")["disentanglement"]
    rows = {group.name: row for row, group in enumerate(analysis.groups)}
    for trial, (x, y) in points(figure).items():
        assert x == values[trial]
        assert y == rows[analysis.complete.at[trial, "family"]]
    assert len(points(figure)) == 6


def test_a_diverged_trial_is_in_the_figure_and_beyond_its_axes(make: Make) -> None:
    def diverge(records: pd.DataFrame) -> pd.DataFrame:
        records.loc[records["trial"] == 0, "reconstruction"] = 1e9
        return records

    analysis = analysis_of(edited(make("far", trials=12, pictures=False), diverge))
    (figure,) = objectives_figures(analysis).values()
    assert points(figure)[0][0] == 1e9
    assert figure["layout"]["xaxis"]["range"][1] < 1e4
    assert beyond(analysis) == 1


def test_a_missing_column_and_empty_cells_cost_what_they_would_show_and_no_more(make: Make) -> None:
    def damage(records: pd.DataFrame) -> pd.DataFrame:
        records.loc[records["trial"] == 1, "reconstruction"] = np.nan
        records.loc[records["trial"] == 2, "latent_dim"] = np.nan
        return records.drop(columns="kernel_bandwidth")

    analysis = analysis_of(edited(make("damaged", trials=6, pictures=False), damage))
    (figure,) = objectives_figures(analysis).values()
    assert set(points(figure)) == {0, 2, 3, 4, 5}
    panels = slices_figures(analysis)["reconstruction"]
    titles = [panel["layout"]["xaxis"]["title"]["text"] for panel in panels]
    assert titles == ["latent dim", "lambda 1", "beta", "batch size"]
    assert set(points(panels[0])) == {0, 3, 4, 5}
    heights = {(trial, at): y for trial, at, y in corners(parallel_figures(analysis)["family"])}
    assert heights[2, 0] == ABSENT


def test_without_a_complete_trial_there_is_no_figure(make: Make) -> None:
    analysis = analysis_of(make("none", trials=2, lost={0: ("failed", "x"), 1: ("pruned", "")}, pictures=False))
    assert list(all_figures(analysis)) == []


def test_one_trial(make: Make) -> None:
    analysis = analysis_of(make("one", trials=1, pictures=False))
    assert all(set(points(figure)) == {0} for figure in objectives_figures(analysis).values())
    for figure in all_figures(analysis):
        go.Figure(dressed(figure, LOOKS[0]))
