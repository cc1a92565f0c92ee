"""The palette: families that stay apart for every kind of sight, and stand out from the ground."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from study.config.families import PALETTE
from study.records.folder import StudyFolder
from study.report.drawing.style import Look, blank, png
from study.report.write import write_report
from tests.colours import contrast


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.usefixtures("whole")
def test_figures_are_files_for_print(make: Callable[..., StudyFolder]) -> None:
    summary = write_report([make("printed", trials=3, pictures=False).path])
    assert summary.figures
    for path in summary.figures:
        with Image.open(path) as image:
            assert image.format == "PNG"
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
            assert image.width >= 8 * 300
        drawn = path.with_suffix(".pdf").read_bytes()
        assert drawn.startswith(b"%PDF-")
        assert b"/FontFile2" in drawn  # TrueType, inside the file
        assert b"/Type3" not in drawn
        assert b"/Subtype /Image" not in drawn  # lines, no pixels


@pytest.mark.parametrize("look", [Look(), Look(dark=True)], ids=lambda look: look.name)
def test_marks_and_words_stand_out_from_the_ground(look: Look) -> None:
    for family in [*PALETTE, "another"]:
        assert contrast(look.colour(family), look.ground) >= 3, family  # WCAG 2.1, 1.4.11: what is no text
    for ink in (look.ink, look.faint):
        assert contrast(ink, look.ground) >= 4.5  # 1.4.3: text


def test_a_colour_that_few_pixels_have_stays_itself() -> None:
    figure = blank(Look(), 4, 3)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.imshow(np.random.default_rng(0).uniform(size=(40, 40, 3)) * [0, 0.5, 1])
    ax.plot([20], [20], "s", color="#D55E00", markersize=2)
    with Image.open(io.BytesIO(png(figure))) as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3).astype(int)
    assert np.abs(pixels - [0xD5, 0x5E, 0]).max(axis=1).min() < 40
