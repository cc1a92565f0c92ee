"""The palette: families that stay apart for every kind of sight."""

from itertools import combinations

import numpy as np
import pytest

from study.config.families import OTHER, PALETTE
from tests.colours import contrast, lab, linear

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


def test_every_family_has_a_marker_of_its_own() -> None:
    markers = [marker for _, _, marker in [*PALETTE.values(), OTHER]]
    assert len(set(markers)) == len(markers)
