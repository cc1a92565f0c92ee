"""The matrix of rank correlations as a figure: every number once, readable in every look."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from study.metrics import METRICS
from study.report.analysis.agreement import agreement, signed
from study.report.drawing.style import LOOKS, Look
from study.report.sections.agreement import agreement_figure
from study.report.text.format import plain
from tests.report.made import Make, analysis_of, edited

DIRECTED = [name for name, metric in METRICS.items() if metric.direction is not None and not metric.costly]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_figure_has_every_number_once_inside_its_edges(make: Make, look: Look) -> None:
    def with_everything(records: pd.DataFrame) -> pd.DataFrame:
        rng = np.random.default_rng(3)
        records = records.assign(**{name: rng.normal(size=len(records)) for name in DIRECTED})
        records.loc[:8, "kid"] = np.nan  # three values: left out
        records.loc[:6, "frechet_pca"] = np.nan
        records.loc[6:, "kernel_pca"] = np.nan  # no model has both: an empty cell
        return records

    analysis = analysis_of(edited(make("all"), with_everything))
    found = agreement(analysis.complete)
    figure = agreement_figure(analysis, look)
    assert found is not None
    assert figure is not None
    assert len(found.metrics) == len(DIRECTED) - 1
    renderer = FigureCanvasAgg(figure).get_renderer()
    (ax,) = figure.axes
    texts = [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts]
    shown = [text for text, _ in texts]
    for name in found.metrics:
        assert shown.count(plain(name)) == 1
    numbers = [f"{100 * r:.0f}".replace("-0", "0") if look.narrow else signed(r) for r, _, _ in found.upper()]
    cells = [text.replace("−", "-") for text in shown if text.replace("−", "").replace(".", "").isdigit()]
    assert sorted(cells) == sorted(n.replace("−", "-") for n in numbers)
    assert shown.count("·") == 1
    for _, box in texts:
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y0 >= 0
        assert box.y1 <= figure.bbox.height
    for i, (one, box) in enumerate(texts):
        for other, second in texts[i + 1 :]:
            overlap = min(box.x1, second.x1) - max(box.x0, second.x0), min(box.y1, second.y1) - max(box.y0, second.y0)
            assert min(overlap) <= 1, f"{one} and {other} overlap by {overlap} dots"


def luminance(colour: Any) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", LOOKS[:2], ids=lambda look: look.name)
def test_every_letter_has_enough_contrast(make: Make, look: Look) -> None:
    """4.5 to 1 as WCAG 2 asks of small text, on the colour of its cell or on the page."""
    figure = agreement_figure(analysis_of(make("contrast", suite=True)), look)
    assert figure is not None
    FigureCanvasAgg(figure).draw()
    (ax,) = figure.axes
    colours = ax.collections[0].get_facecolor()
    k = round(len(colours) ** 0.5)
    grounds = iter([colours[k * i + j] for i in range(k) for j in range(i)])
    for text in ax.texts:
        cell = text.get_text().strip("−").replace(".", "").isdigit()
        ground = next(grounds) if cell else look.ground
        light, dark = sorted((luminance(text.get_color()), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert next(grounds, None) is None


def test_no_figure_of_three_models(make: Make) -> None:
    assert agreement_figure(analysis_of(make("three", ended=3)), Look()) is None
    assert agreement_figure(analysis_of(make("four", ended=4)), Look()) is not None
