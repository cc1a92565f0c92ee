"""Names beside points: near them, and over nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from study.report.drawing.labels import REACHES, RING, offsets

MANY = 12


def overlaps(one: np.ndarray, half: np.ndarray, other: np.ndarray, other_half: np.ndarray) -> bool:
    return bool((np.abs(one - other) < half + other_half - 1e-9).all())


def test_a_lone_name_stands_on_its_side_of_the_point() -> None:
    for towards in ((-1, 1), (1, 1), (-1, -1), (1, -1)):
        (offset,) = offsets(np.array([[100.0, 50.0]]), ["7"], towards)
        assert (np.sign(offset) == towards).all()
        assert np.hypot(*offset) == np.float64(REACHES[0])


def test_no_points_have_no_names() -> None:
    assert offsets(np.empty((0, 2)), [], (1, 1)).shape == (0, 2)


@given(
    st.lists(st.tuples(st.floats(0, 500), st.floats(0, 300)), min_size=1, max_size=MANY),
    st.sampled_from([(-1, 1), (1, 1), (-1, -1)]),
)
def test_names_are_near_their_points(places: list[tuple[float, float]], towards: tuple[int, int]) -> None:
    points = np.array(places)
    found = offsets(points, [str(place) for place in range(len(points))], towards)
    assert (np.hypot(*found.T) <= REACHES[-1] + 1e-9).all()


@given(st.integers(2, MANY), st.floats(0.5, 60), st.floats(0.5, 60))
def test_names_along_a_front_cover_neither_points_nor_each_other(n: int, dx: float, dy: float) -> None:
    """A front with better values to the left and above rises to the right."""
    points = np.arange(n)[:, None] * np.array([dx, dy])
    names = [str(100 + place) for place in range(n)]
    middles = points + offsets(points, names, (-1, 1))
    half, ring = np.array([0.32 * 8 * 3, 0.5 * 8]), np.full(2, RING)
    assert not any(overlaps(middle, half, point, ring) for middle in middles for point in points)
    assert not any(overlaps(middles[i], half, middles[j], half) for i in range(n) for j in range(i))
