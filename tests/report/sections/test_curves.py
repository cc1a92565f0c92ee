"""The figure of the learning curves."""

from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from study.report.analysis.analysis import Analysis
from study.report.drawing.style import LOOKS, Look
from study.report.sections.curves import curves_figure
from study.report.text import format
from tests.report.made import Make, analysis_of
from tests.report.read_page import rendered


def shown(analysis: Analysis) -> set[int]:
    return set(analysis.curves["trial"].astype(int))


@pytest.mark.usefixtures("few_curves")
def test_the_page_says_that_curves_are_left_out(make: Make) -> None:
    analysis = analysis_of(make("large", trials=30, pictures=False))
    front = len(analysis.front)
    text = rendered(analysis)
    assert (
        f"Of 30 trials, {format.sampled(front, 6)} on the front and 6 of {30 - front} (chosen at random) beside" in text
    )
    assert f"Before training, {len(shown(analysis))} of the 30 models have a median" in text
    assert isinstance(curves_figure(analysis, LOOKS[0]), Figure)


def without_rungs(space: dict[str, Any]) -> dict[str, Any]:
    space["presets"]["paper"].pop("early_stopping")
    return {key: value for key, value in space.items() if key != "early_stopping"}


def test_curves_have_their_rungs_and_where_trials_stopped(make: Make) -> None:
    stopped = {0: 27_000, 1: 81_000, 5: 27_000}
    analysis = analysis_of(make("rungs", stopped=stopped, pictures=False))
    figure = curves_figure(analysis, Look())
    assert figure is not None
    ax = figure.axes[0]
    assert ax.get_xscale() == "log"
    assert [line.get_xdata()[0] for line in ax.lines] == [27_000, 81_000]  # type: ignore[index]
    batches = analysis.trials.set_index("trial")["batch_size"]
    ends = sorted(-(-rung // batches[number]) * batches[number] for number, rung in stopped.items())
    crosses = [np.asarray(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection)][-3:]
    crosses = [c for c in crosses if len(c) < 3]
    assert sorted(x for points in crosses for x, _ in points) == ends
    assert "Dotted lines are the rungs" in rendered(analysis)
    smooth = analysis_of(make("smooth", trials=3, pictures=False, edit=without_rungs))
    plain = curves_figure(smooth, Look())
    assert plain is not None
    assert plain.axes[0].get_xscale() == "linear"
