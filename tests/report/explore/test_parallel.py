"""Parallel coordinates: a line a trial crosses every axis once."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.report.explore.marks import NAME
from study.report.explore.parallel import ABSENT, parallel_figures
from tests.report.made import analysis_of

Spec = dict[str, Any]


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


def corners(figure: Spec) -> Iterator[tuple[int, float, float]]:
    """Trial, axis and height of every corner; that lines of two trials are apart is checked."""
    for trace in figure["data"]:
        ends = [at for at, x in enumerate(trace["x"]) if x is None]
        for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False):
            assert len(set(trace["customdata"][start : end + 1])) == 1
            assert trace["x"][start:end] == sorted(trace["x"][start:end])
        for trial, x, y in zip(trace["customdata"], trace["x"], trace["y"], strict=True):
            if x is not None:
                yield trial, x, y


def test_lines_by_an_objective_end_with_the_best(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    data = parallel_figures(analysis)["disentanglement"]["data"]
    best = analysis.complete["disentanglement"].idxmax()
    assert best in data[-1]["customdata"]
    assert data[-1]["line"]["color"] == f"{NAME}ramp-0"
    assert analysis.complete["disentanglement"].idxmin() in data[0]["customdata"]
