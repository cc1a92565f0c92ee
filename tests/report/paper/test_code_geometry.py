"""Measures of two-dimensional codes at known answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.report.paper import code_geometry as geometry


def square(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (n, 2))


def test_curl_of_a_line_a_circle_and_a_fold() -> None:
    t = np.linspace(0, 1, 1000)
    assert geometry.curl(np.stack([t, 3 * t], axis=1)) == pytest.approx(1)
    circle = np.stack([np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)], axis=1)
    assert geometry.curl(circle) == pytest.approx(np.pi, rel=1e-3)
    assert geometry.curl(np.stack([np.abs(4 * t % 2 - 1), 0 * t], axis=1)) == pytest.approx(4, rel=1e-2)
    assert np.isnan(geometry.curl(np.zeros((5, 2))))


@given(st.floats(0, 6), st.floats(0.01, 100), st.integers(0, 2**16))
@settings(max_examples=20)
def test_curl_does_not_see_where_how_large_and_how_turned_the_curve_is(angle: float, scale: float, seed: int) -> None:
    curve = np.random.default_rng(seed).normal(size=(30, 2)).cumsum(axis=0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    assert geometry.curl(scale * curve @ turn.T + 7) == pytest.approx(geometry.curl(curve), rel=1e-6)
    assert geometry.curl(curve) >= 1 - 1e-9 or np.allclose(curve[0], curve[-1])


def test_monotonicity_is_spearmans_correlation() -> None:
    rng = np.random.default_rng(0)
    t = np.linspace(-1, 1, 200)
    means = np.stack([rng.normal(size=200), -np.exp(3 * t)], axis=1)
    found = geometry.monotonicity(means)
    ranks = np.array([sorted(means[:, 0]).index(value) for value in means[:, 0]])
    assert found == pytest.approx([abs(np.corrcoef(ranks, np.arange(200))[0, 1]), 1])
    assert geometry.coding_dimension(means) == 1
    assert geometry.monotonicity(np.zeros((5, 2))).tolist() == [0, 0]


def test_codes_from_the_prior_are_not_seen_to_differ_and_a_curve_is() -> None:
    prior = square(1000, 1)
    same = [geometry.visibility(square(1000, seed), prior, 1000) for seed in range(2, 12)]
    assert abs(np.mean(same)) < 1
    assert max(same) < 4
    t = np.linspace(-1, 1, 1000)
    curve = np.stack([t, np.sin(4 * t)], axis=1)
    few, many = (geometry.visibility(curve, prior, n) for n in (100, 1000))
    assert many > 10
    assert 0 < few < many / 3


def curled(turns: float) -> np.ndarray:
    t = np.linspace(-1, 1, 1000)
    return np.stack([0.9 * np.sin(turns * np.pi * t), t], axis=1)


def test_codes_of_the_prior_are_told_apart_at_the_level_of_the_test_and_a_line_always() -> None:
    shares = [
        geometry.detection_power(square(1000, seed), square(1000, 100 + seed), 30, draws=40) for seed in range(20)
    ]
    assert np.mean(shares) == pytest.approx(0.05, abs=0.03)
    prior = square(1000, 1)
    assert geometry.detection_power(curled(0), prior, 100, draws=10) == 1
    assert geometry.detection_power(np.zeros((1000, 2)), prior, 100, draws=10) == 1


def test_the_tighter_a_line_curls_the_more_seldom_a_hundred_codes_are_told_apart() -> None:
    prior = square(1000, 1)
    shares = [geometry.detection_power(curled(turns), prior, 100, draws=40) for turns in (1, 2, 3, 5)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 1
    assert shares[-1] < 0.35


def test_visibility_is_the_mmd_over_its_spread_under_random_labels() -> None:
    """Against sums over pairs written out, with permutations of its own."""
    both = np.concatenate([square(20, 1) * 0.5, square(20, 2)])
    kernel = np.zeros((40, 40))
    for i in range(40):
        for j in range(40):
            if i != j:
                distance = ((both[i] - both[j]) ** 2).sum()
                kernel[i, j] = sum(
                    c / (c + distance) for c in 2 * np.array([0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 1, 2])
                )

    def mmd(first: np.ndarray, second: np.ndarray) -> float:
        return float(kernel[np.ix_(first, first)].sum() + kernel[np.ix_(second, second)].sum()
                     - 2 * kernel[np.ix_(first, second)].sum())  # fmt: skip

    rng = np.random.default_rng(5)
    chance = [mmd(order[:20], order[20:]) for order in (rng.permutation(40) for _ in range(4000))]
    expected = (mmd(np.arange(20), np.arange(20, 40)) - np.mean(chance)) / np.std(chance)
    assert geometry.visibility(both[:20], both[20:], 20) == pytest.approx(expected, rel=0.2)


def test_movement_is_the_root_mean_square_of_the_codes_moves() -> None:
    start = square(50)
    shifts = np.array([0, 1, 1, 4])[:, None, None] * np.array([0.6, 0.8])
    assert geometry.movement(start + shifts) == pytest.approx([1, 0, 3])
    half_of_them = start + shifts * (np.arange(50) % 2)[:, None]
    assert geometry.movement(half_of_them.astype(np.float16)) == pytest.approx(
        np.array([1, 0, 3]) / np.sqrt(2), rel=1e-3
    )


def test_late_movement_is_of_the_last_quarter() -> None:
    steps = np.array([0, 20, 40, 60, 75, 80, 90, 100])
    to_and_fro = np.array([0, 50, -50, 70, 1, 2, 1, 2])[:, None, None] * np.ones((1, 1, 2))
    points = square(30)
    trajectory = points + to_and_fro
    assert geometry.late_movement(trajectory, steps) == pytest.approx(np.sqrt(2))
    assert geometry.late_movement(trajectory[:7], steps[:7]) == pytest.approx(np.sqrt(2))
    assert np.isnan(geometry.late_movement(trajectory[:1], steps[:1]))
    assert np.isnan(geometry.late_movement(trajectory[:0], steps[:0]))


@pytest.mark.parametrize("dimension", [0, 1])
def test_explained_is_1_for_the_dimension_that_decides_and_0_for_the_other(dimension: int) -> None:
    levels = np.linspace(0, 1, 41)
    brightness = np.tile(levels, (41, 1)) if dimension == 0 else np.tile(levels[:, None], (1, 41))
    assert geometry.explained_variance(brightness, dimension) == pytest.approx(1)
    assert geometry.explained_variance(brightness, 1 - dimension) == pytest.approx(0)
    assert geometry.explained_variance(brightness + brightness.T, dimension) == pytest.approx(0.5)
    assert geometry.explained_variance(np.ones((5, 5)), dimension) == 0
    dim = brightness * 36 / 1024 / 10  # a tenth of the data's range
    assert geometry.explained_variance(dim, dimension) == pytest.approx(0.01, rel=0.1)


def test_records_between_hundredths_of_the_training_do_not_count() -> None:
    """There are some, where metrics are taken: moves to and from them are shorter than the others."""
    steps = np.array([5920, 6000, 6080, 6113, 6160, 8000])
    assert geometry.hundredths(steps).tolist() == [True, True, True, False, True, True]
    positions = np.array([0, 1, 2, 2.9, 3, 4])[:, None, None] * np.ones((1, 30, 2))
    assert geometry.late_movement(positions, steps) == pytest.approx(np.sqrt(2))
    assert geometry.hundredths(np.arange(0, 8)).all()
    assert geometry.hundredths(np.zeros(0, np.int64)).shape == (0,)
