"""What the page says of configurations with several seeds, and of those with one."""

import numpy as np
from matplotlib.collections import LineCollection, PathCollection

from study.records.folder import StudyFolder
from study.report.analysis.configurations import configurations, probabilities
from study.report.drawing.style import Look
from study.report.sections.configurations import CONFIGURATIONS, configurations_figure
from tests.report.made import Make, analysis_of
from tests.report.read_page import context_of, rendered


def test_without_replicates_the_page_says_what_that_means(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    assert configurations(analysis) is None
    assert probabilities(analysis) == {}
    assert configurations_figure(analysis, Look()) is None
    text = rendered(analysis)
    assert "the front consists of single runs, and its best are partly lucky (the winner&#39;s curse)" in text
    assert "<h2>Configurations</h2>" not in text


def test_single_seeds_and_lost_ones_among_replicates_are_said(make: Make) -> None:
    stopped = dict.fromkeys((1, 2), 9_000)
    analysis = analysis_of(make("mixed", trials=9, replicates=3, stopped=stopped, pictures=False))
    shown = context_of(CONFIGURATIONS, analysis)
    assert shown is not None
    assert [note.split(",")[0] for note in shown["notes"]] == [
        "1 configuration has one seed only",
        "Of 1 configuration some seeds have no result",
    ]
    (single,) = [row for row in shown["rows"] if row["seeds"] == 1]
    assert {value["spread"] for value in single["values"]} == {""}
    figure = configurations_figure(analysis, Look())
    assert figure is not None
    drawn = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    bars = [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    assert sum(len(np.asarray(points.get_offsets())) for points in drawn) == 3
    assert sum(len(segment) == 2 for c in bars for segment in c.get_segments()) == 4  # two with two bars each
