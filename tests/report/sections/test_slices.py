"""Slices have every trial at its place, on the scale of its parameter."""

import numpy as np
import pandas as pd
import pytest

from study.config.parameter import Parameter
from study.report.drawing.style import Look, blank
from study.report.sections.slices import MOST_PANELS, SLICES, Scale, searched, sliced, slices_figure
from tests.report.made import Make, analysis_of
from tests.report.read_page import context_of, rendered


def test_slices_have_every_trial_at_its_place(make: Make) -> None:
    analysis = analysis_of(make("sliced", trials=30, pictures=False))
    assert sliced(analysis) == ["latent_dim", "lambda_1", "beta", "kernel_bandwidth", "batch_size"]
    figure = slices_figure(analysis, Look())
    assert figure is not None
    assert len(figure.axes) == 10
    beta = next(ax for ax in figure.axes if (ax.get_xlabel(), ax.get_ylabel()) == ("beta", "disentanglement"))
    assert beta.get_xscale() == "log"
    own = analysis.complete[analysis.complete["family"] == "beta-vae"]
    (points,) = beta.collections
    expected = np.array(own[["beta", "disentanglement"]])
    expected[:, 1] = np.clip(expected[:, 1], *beta.get_ylim())  # what is beyond the axis stands at its edge
    np.testing.assert_allclose(np.asarray(points.get_offsets()), expected)
    choices = next(ax for ax in figure.axes if ax.get_xlabel() == "batch size")
    assert [label.get_text() for label in choices.get_xticklabels()] == ["50", "100", "200", "400"]
    places = np.concatenate([np.asarray(c.get_offsets())[:, 0] for c in choices.collections])
    drawn = pd.concat([own for _, own in analysis.complete.groupby("family", sort=False)])
    assert (np.round(places) == drawn["batch_size"].map({50: 0, 100: 1, 200: 2, 400: 3})).all()


def test_scales() -> None:
    strength = Scale(Parameter(low=0.1, high=10, log=True, zero=0.1))
    assert 0 < strength.zero < 0.1
    assert strength.places(pd.Series([0.0, 1, None])).tolist() == [strength.zero, 1, pytest.approx(np.nan, nan_ok=True)]
    assert Scale(Parameter(choices=(8, 16))).places(pd.Series([16.0, 8.0, 9.0])).tolist()[:2] == [1, 0]
    assert Scale(Parameter(choices=(True, False))).places(pd.Series([False, True])).tolist() == [1, 0]
    assert Scale(Parameter(low=0, high=1)).places(pd.Series([0.0, 0.5])).tolist() == [0, 0.5]
    log = (Parameter(low=1e-5, high=1e4, log=True), Parameter(low=2, high=2.5, log=True))
    for parameter in (Parameter(low=0, high=1), *log):
        ax = blank(Look(), 2, 2).add_subplot()
        Scale(parameter).dress(ax)
        low, high = ax.get_xlim()
        assert parameter.low is not None
        assert parameter.high is not None
        assert low < parameter.low < parameter.high < high


def test_slices_are_bounded(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = analysis_of(make("many", pictures=False))
    assert len(sliced(analysis)) * 2 <= MOST_PANELS
    monkeypatch.setattr("study.report.sections.slices.MOST_PANELS", 5)
    assert sliced(analysis) == searched(analysis)[:2]
    assert "No room was for beta, kernel bandwidth and batch size." in rendered(analysis)


def test_without_a_parameter_that_differs_there_are_no_slices(make: Make) -> None:
    one = analysis_of(make("one", trials=1, pictures=False))
    assert slices_figure(one, Look()) is None
    assert context_of(SLICES, one) is None
    assert "What the parameters do" not in rendered(one)
