"""Marks of the interactive figures: symbols, dashes and names."""

from collections.abc import Callable

import pandas as pd

from study.records.folder import StudyFolder
from tests.report.explore.figures import all_figures, analysis_of, edited, objectives_figures, points

Make = Callable[..., StudyFolder]


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
