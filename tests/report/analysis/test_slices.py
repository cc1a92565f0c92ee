"""Where the values of a parameter stand: in order, at the ticks that say so, and nowhere if there is none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.config.parameter import Parameter
from study.report.analysis.slices import Scale, parameter_scale

positive = st.floats(1e-4, 1e4)


def column(values: list[object], name: str = "lambda_1") -> pd.Series:
    return pd.Series(values, name=name)


def check_ticks(scale: Scale, name: str) -> None:
    """What a tick says stands where the tick is."""
    for position, text in scale.ticks or []:
        value: object = float(text.replace(",", "")) if name == "lambda_1" else text
        assert scale.places(column([value], name))[0] == pytest.approx(position)
        assert scale.lowest <= position <= scale.high


@given(st.lists(positive, min_size=1, max_size=20), st.booleans(), st.floats(0, 0.5))
def test_numbers_keep_their_order_within_the_ends(values: list[float], log: bool, zero: float) -> None:
    scale = parameter_scale([Parameter(low=0.1, high=10, log=log, zero=zero)], column([*values]))
    placed = scale.places(column([0.0, *sorted(values)]))
    if zero or not log:
        assert (np.diff(placed) >= 0).all()
    assert (placed[1:] >= scale.low).all()
    assert (placed[1:] <= scale.high).all()
    check_ticks(scale, "lambda_1")


def test_a_logarithmic_axis_has_its_zero_below_the_range_and_equal_decades() -> None:
    scale = parameter_scale([Parameter(low=0.1, high=10, log=True, zero=0.1)], column([0.5, np.nan, 0.0]))
    places = scale.places(column([0, 0.1, 1, 10]))
    assert places.tolist() == [scale.zero, 0.1, 1, 10]
    assert scale.zero is not None
    assert 0 < scale.ends[0] < scale.zero < 0.1
    assert scale.ticks == [(scale.zero, "0"), (0.1, "0.1"), (pytest.approx(0.3), "0.3"), (1, "1"), (3, "3"), (10, "10")]
    zero, low, middle, high = scale.heights(places)
    assert (zero, high) == pytest.approx((0, 1))
    assert middle - low == pytest.approx(high - middle)
    assert np.isnan(scale.places(column([np.nan, -1.0]))).all()


def test_of_a_long_logarithmic_axis_powers_of_ten_have_ticks() -> None:
    scale = parameter_scale([Parameter(low=1e-3, high=1e3, log=True)], column([0.5]))
    assert [text for _, text in scale.ticks or []] == ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]


def test_without_a_zero_there_is_no_place_for_it() -> None:
    scale = parameter_scale([Parameter(low=0.1, high=10, log=True)], column([0.5]))
    assert np.isnan(scale.places(column([0.0]))).all()
    assert (scale.lowest, scale.high) == (0.1, 10)


def test_plain_numbers_leave_the_ticks_to_the_drawing_library() -> None:
    scale = parameter_scale([Parameter(low=0, high=2)], column([0.5, 1]))
    assert scale.ticks is None
    assert scale.ends == pytest.approx((-0.08, 2.08))
    assert scale.heights(scale.places(column([0, 0.5, 2]))).tolist() == [0, 0.25, 1]


def test_series_stand_side_by_side_at_choices_only() -> None:
    choices = parameter_scale([Parameter(choices=(1, 2))], column([1, 2]))
    assert choices.shifts(3) == pytest.approx([-0.22, 0, 0.22])
    assert choices.shifts(1) == [0]
    assert Scale(0, 1).shifts(2) == [0, 0]


def test_choices_stand_at_equal_distances_numbers_in_their_order() -> None:
    scale = parameter_scale([Parameter(choices=(32, 8, 16))], column([16.0, 64.0, np.nan], "latent_dim"))
    assert [text for _, text in scale.ticks or []] == ["8", "16", "32", "64"]
    assert scale.places(column([8, 16, 32, 64], "latent_dim")).tolist() == [0, 1, 2, 3]
    assert np.isnan(scale.places(column([np.nan, 9], "latent_dim"))).all()


def test_choices_that_are_words() -> None:
    scale = parameter_scale([Parameter(choices=("imq", "rbf"))], column(["rbf", None], "kernel"))
    check_ticks(scale, "kernel")
    assert scale.places(column(["imq", "rbf"], "kernel")).tolist() == [0, 1]


def test_of_many_choices_some_have_a_text() -> None:
    choices = tuple(range(1, 101))
    scale = parameter_scale([Parameter(choices=choices)], column([1], "latent_dim"))
    assert len(scale.ticks or []) == 12
    assert scale.places(column([100], "latent_dim")).tolist() == [99]


def test_a_range_in_one_study_and_choices_in_another_share_the_axis_of_the_range() -> None:
    scale = parameter_scale([Parameter(choices=(0, 20)), Parameter(low=0.1, high=10, log=True)], column([0, 20.0, 1]))
    assert scale.log
    assert (scale.low, scale.high) == (0.1, 20)
    assert scale.zero is not None


def test_a_single_choice_stands_in_the_middle() -> None:
    scale = parameter_scale([Parameter(choices=(8,))], column([8], "latent_dim"))
    assert scale.heights(scale.places(column([8], "latent_dim"))).tolist() == [0.5]


def test_truth_values_stand_as_declared() -> None:
    scale = parameter_scale([Parameter(choices=(True, False))], column([False, True], "flag"))
    assert scale.places(column([False, True, None], "flag")).tolist()[:2] == [1, 0]
