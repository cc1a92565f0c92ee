"""Slices have every trial at its place, on the scale of its parameter."""

import numpy as np
import pandas as pd
import pytest

from study.report.analysis.slices import searched
from study.report.drawing.style import Look
from study.report.sections.slices import MOST_PANELS, SLICES, sliced, slices_figure
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
