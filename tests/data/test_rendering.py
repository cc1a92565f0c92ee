"""Rendered dSprites against 25 official images of unknown factors, and the fast path against single images."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.data import rendering
from study.data.rendering import FACTOR_SIZES, POSITIONS, SHAPES, render

OFFICIAL = np.load(Path(__file__).with_name("dsprites_official_25.npz"), allow_pickle=False)["images"].astype(bool)
SQUARES = {0, 3, 4, 8, 9, 12, 23}
HEARTS = {7, 11, 13, 14, 18, 24}
ELLIPSES = set(range(25)) - SQUARES - HEARTS
OFFICIAL_MEAN_PIXEL = 0.04249


@cache
def drawn_in_the_middle() -> list[tuple[tuple[int, int, int], int, np.ndarray]]:
    """Every shape, scale and orientation at one position: its factors, area, and centroid (y, x) from its centre."""
    middle = len(POSITIONS) // 2
    centre = 16 + 32 * POSITIONS[middle]
    found = []
    for pose in np.ndindex(FACTOR_SIZES[:3]):
        (image,) = render(np.array([[*pose, middle, middle]]))
        found.append((pose, int(image.sum()), np.argwhere(image).mean(0) + 0.5 - centre))
    return found


@cache
def best_match(number: int) -> tuple[int, str]:
    """Pixels off and shape of the rendered image that comes nearest to an official one.

    Two images differ in at least as many pixels as their areas do, so that poses of another area need no search; and
    a pose has its centroid where the image has it, so that three positions a direction are enough.
    """
    official = OFFICIAL[number]
    area, centroid = int(official.sum()), np.argwhere(official).mean(0) + 0.5
    best = (64 * 64, "none")
    for pose, other_area, offset in drawn_in_the_middle():
        if abs(area - other_area) > 24:
            continue
        y, x = np.rint((centroid - offset - 16) / 32 * (len(POSITIONS) - 1)).astype(int)
        places = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        places = [place for place in places if min(place) >= 0 and max(place) < len(POSITIONS)]
        if not places:
            continue
        candidates = render(np.array([[*pose, *place] for place in places]))
        off = int((candidates != official).sum((1, 2)).min())
        best = min(best, (off, SHAPES[pose[0]]))
    return best


def matches(numbers: set[int], shape: str) -> list[int]:
    found = [best_match(number) for number in sorted(numbers)]
    assert {name for _, name in found} == {shape}
    return [off for off, _ in found]


def test_squares_are_the_official_ones() -> None:
    off = matches(SQUARES, "square")
    assert sorted(off)[:-1] == [0] * 6
    assert max(off) <= 1


def test_ellipses_come_near_the_official_ones() -> None:
    assert sorted(matches(ELLIPSES, "ellipse")) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 6]


def test_hearts_are_the_official_ones() -> None:
    assert matches(HEARTS, "heart") == [0] * 6


def test_sprites_turn_counter_clockwise() -> None:
    """A quarter turn (step 10 is 92 degrees) takes the heart's tip from below to the right, the ellipse upright."""
    poses = np.array([[2, 5, 0, 16, 16], [2, 5, 10, 16, 16], [1, 5, 0, 16, 16], [1, 5, 10, 16, 16]])
    tip_below, tip_right, lying, upright = (np.argwhere(image) - 32 for image in render(poses))
    below, right = tip_below[tip_below[:, 0] >= 8], tip_right[tip_right[:, 1] >= 8]
    assert len(below) > 0
    assert len(right) > 0
    assert np.ptp(below[:, 1]) <= 2
    assert np.ptp(right[:, 0]) <= 2
    assert np.ptp(lying, axis=0).tolist() == [14, 24]
    assert np.ptp(upright, axis=0).tolist() == [24, 14]


def test_sprites_never_leave_the_window_that_the_fast_path_draws() -> None:
    for _, area, offset in drawn_in_the_middle():
        assert area > 0
        assert np.abs(offset).max() < rendering.REACH
    middle = np.array([[shape, 5, turn, 16, 16] for shape in range(3) for turn in range(40)])
    centre = 16 + 32 * POSITIONS[16]
    reached = np.abs(np.argwhere(render(middle))[:, 1:] + 0.5 - centre).max()
    assert reached <= rendering.REACH - 1


@settings(max_examples=25)
@given(
    st.integers(0, 2), st.integers(0, 5), st.integers(0, 39), st.lists(st.integers(0, 1023), min_size=1, max_size=20)
)
def test_all_positions_at_once_are_the_single_images(shape: int, scale: int, turn: int, places: list[int]) -> None:
    fast = np.unpackbits(rendering._all_positions(shape, scale, turn), axis=1).reshape(-1, 64, 64)
    slow = render(np.array([[shape, scale, turn, *divmod(place, 32)] for place in places]))
    np.testing.assert_array_equal(fast[places], slow)


def test_positions_move_the_sprite_along_their_own_axis() -> None:
    left, right, low, high = render(
        np.array([[0, 2, 0, 0, 16], [0, 2, 0, 31, 16], [0, 2, 0, 16, 0], [0, 2, 0, 16, 31]])
    )
    for near, far, axis in ((left, right, 1), (low, high, 0)):
        first, last = (np.argwhere(image).mean(0) + 0.5 for image in (near, far))
        moved = last - first
        assert moved[axis] == pytest.approx(32, abs=0.51)
        assert moved[1 - axis] == 0


def test_both_ends_of_the_orientation_are_the_same_picture() -> None:
    ends = render(np.array([[shape, 5, turn, 10, 20] for shape in range(3) for turn in (0, 39)]))
    np.testing.assert_array_equal(ends[::2], ends[1::2])


def test_mean_pixel_is_the_official_one() -> None:
    """Counted at every position, over one orientation in five, each scale at others."""
    means = [
        np.bitwise_count(rendering._all_positions(shape, scale, turn)).mean() / 8
        for shape in range(3)
        for scale in range(6)
        for turn in range(scale % 5, 40, 5)
    ]
    assert np.mean(means) == pytest.approx(OFFICIAL_MEAN_PIXEL, rel=0.02)
