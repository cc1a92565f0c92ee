"""The palette: families that stay apart for every kind of sight, and stand out from the ground."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from study.config.families import OTHER, PALETTE
from study.records.folder import StudyFolder
from study.report.drawing.style import Look
from study.report.write import write_report

SIGHTS = {
    "all": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""What is seen of linear RGB without one kind of cones (Machado et al. 2009, severity 1)."""

APART = {"all": 30.0, "no red": 15.0, "no green": 15.0, "no blue": 11.0}
"""Least distances in CIELAB; about 2 can just be told apart side by side, and 10 at a glance."""

XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = XYZ.sum(axis=1)


def linear(colour: str) -> np.ndarray:
    encoded = np.array(to_rgb(colour))
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB (3,), under D65."""
    ratio = XYZ @ np.clip(rgb, 0, 1) / WHITE
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2, 1 to 21."""
    dark, light = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_distance_and_contrast_at_known_answers() -> None:
    assert lab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=1e-6)
    assert lab(linear("#ff0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.01)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_families_are_told_apart(sight: str, dark: bool) -> None:
    colours = {name: looks[dark] for name, looks in {**PALETTE, "other": OTHER}.items()}
    seen = {name: lab(SIGHTS[sight] @ linear(colour)) for name, colour in colours.items()}
    for one, other in combinations(seen, 2):
        distance = np.linalg.norm(seen[one] - seen[other])
        assert distance >= APART[sight], f"{one} and {other}: {distance:.1f}"


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


def test_every_family_has_a_marker_of_its_own() -> None:
    markers = [marker for _, _, marker in [*PALETTE.values(), OTHER]]
    assert len(set(markers)) == len(markers)


@pytest.mark.parametrize("look", [Look(), Look(dark=True)], ids=lambda look: look.name)
def test_marks_and_words_stand_out_from_the_ground(look: Look) -> None:
    for family in [*PALETTE, "another"]:
        assert contrast(look.colour(family), look.ground) >= 3, family  # WCAG 2.1, 1.4.11: what is no text
    for ink in (look.ink, look.faint):
        assert contrast(ink, look.ground) >= 4.5  # 1.4.3: text
