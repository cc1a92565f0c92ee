"""Parallel coordinates of the interactive page."""

import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.report.explore.parallel import ABSENT
from tests.report.explore.figures import analysis_of, corners, parallel_figures


def test_a_line_of_parallel_coordinates_crosses_every_axis_once(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    figures = parallel_figures(analysis)
    assert list(figures) == ["family", "reconstruction", "disentanglement"]
    axes = ["latent_dim", "lambda_1", "beta", "kernel_bandwidth", "batch_size", "reconstruction", "disentanglement"]
    crossings = [{(t, x): y for t, x, y in corners(figure)} for figure in figures.values()]
    assert crossings[0] == crossings[1] == crossings[2]  # coloured differently, in the same places
    assert set(crossings[0]) == {(trial, at) for trial in analysis.complete.index for at in range(len(axes))}
    for at, name in enumerate(axes):
        values = analysis.complete[name].astype(float)
        heights = pd.Series({trial: crossings[0][trial, at] for trial in values.index})
        assert (heights[values.isna()] == ABSENT).all()
        assert heights[values.notna()].between(0, 1).all()
        assert heights[values.notna()].corr(values.dropna(), method="spearman") == pytest.approx(1)


def test_lines_by_an_objective_end_with_the_best(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    data = parallel_figures(analysis)["disentanglement"]["data"]
    best = analysis.complete["disentanglement"].idxmax()
    assert best in data[-1]["customdata"]
    assert data[-1]["line"]["color"] == "var(--ramp-0)"
    assert analysis.complete["disentanglement"].idxmin() in data[0]["customdata"]
