"""The interactive figures hold the records: every complete trial, once, where its values say."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.axes import beyond
from study.report.explore.figures import reaches
from study.report.explore.parallel import ABSENT
from tests.report.explore.figures import (
    all_figures,
    analysis_of,
    corners,
    edited,
    objectives_figures,
    parallel_figures,
    points,
    slices_figures,
    undominated,
)

Make = Callable[..., StudyFolder]


@pytest.mark.parametrize("names", [["reconstruction"], ["reconstruction", "disentanglement"], None])
def test_there_is_a_figure_for_each_pair_each_colouring_and_each_parameter(make: Make, names: list[str] | None) -> None:
    names = names or ["reconstruction", "disentanglement", "frechet_factors"]
    direction = {"disentanglement": "maximize"}
    objectives = [{"name": name, "direction": direction.get(name, "minimize")} for name in names]
    options = {"pictures": False, "edit": lambda space: {**space, "objectives": objectives, "reference": {}}}
    analysis = analysis_of(make("some", trials=9, **options), make("other", trials=3, **options))
    assert len(list(all_figures(analysis))) == {1: 1 + 2 + 5, 2: 1 + 3 + 2 * 5, 3: 3 + 4 + 3 * 5}[len(names)]


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
        front = sorted(undominated(own))
        assert lines[group.name][1:-1:2] == pytest.approx(np.array(front))
        (first, *_, last), ends = lines[group.name], reaches(analysis)
        assert first == (front[0][0], ends["disentanglement"].low)  # out to the edges of the figure
        assert last == (ends["reconstruction"].high, front[-1][1])


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
    assert beyond(analysis.complete, reaches(analysis)) == 1


def test_slices_stand_at_the_parameters_of_the_records(study: StudyFolder) -> None:
    records = read_records(study.records)
    done = records[records["state"] == "complete"].set_index("trial")
    slices = slices_figures(analysis_of(study))
    assert list(slices) == ["reconstruction", "disentanglement"]
    for objective, panels in slices.items():
        assert [f["layout"]["xaxis"]["title"]["text"] for f in panels] == [
            *("latent dim", "lambda 1", "beta", "kernel bandwidth", "batch size")
        ]
        for figure in panels:
            name = figure["layout"]["xaxis"]["title"]["text"].replace(" ", "_")
            having = done[done[name].notna()]
            found = points(figure)
            assert set(found) == set(having.index)
            texts = dict(zip(figure["layout"]["xaxis"]["tickvals"], figure["layout"]["xaxis"]["ticktext"], strict=True))
            for trial, (x, y) in found.items():
                assert y == having.loc[trial, objective]
                if name in ("latent_dim", "batch_size"):
                    assert float(texts[round(x)]) == having.loc[trial, name]
                else:
                    assert x == having.loc[trial, name]


def test_an_axis_has_its_unit(study: StudyFolder) -> None:
    figures = slices_figures(analysis_of(study))["reconstruction"]
    assert {figure["layout"]["yaxis"]["title"]["text"] for figure in figures} == {"reconstruction (nats per image)"}


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
    assert slices_figures(analysis) == {}  # no parameter differs
    assert len(list(all_figures(analysis))) == 1 + 3


def test_two_studies_share_axes_and_differ_in_symbol_and_dash(make: Make) -> None:
    analysis = analysis_of(make("one", trials=6, pictures=False), make("two", trials=3, pictures=False))
    (figure,) = objectives_figures(analysis).values()
    assert set(points(figure)) == set(range(9))
    marks = {t["meta"]["group"]: t["marker"] for t in figure["data"] if "customdata" in t}
    dashes = {t["meta"]["group"]: t["line"]["dash"] for t in figure["data"] if t["mode"] == "lines"}
    assert marks["beta-vae (one)"]["symbol"] == "triangle-up"
    assert marks["beta-vae (two)"]["symbol"] == "triangle-up-open"
    assert marks["beta-vae (one)"]["color"] == marks["beta-vae (two)"]["color"]
    assert (dashes["beta-vae (one)"], dashes["beta-vae (two)"]) == ("solid", "dash")


def test_a_name_that_looks_like_html_is_shown_as_it_is(make: Make) -> None:
    def rename(records: pd.DataFrame) -> pd.DataFrame:
        return records.assign(family="<b>bold</b>")

    analysis = analysis_of(edited(make("named", trials=3, pictures=False), rename))
    for figure in all_figures(analysis):
        assert {trace["name"] for trace in figure["data"] if "name" in trace} == {"&lt;b&gt;bold&lt;/b&gt;"}
