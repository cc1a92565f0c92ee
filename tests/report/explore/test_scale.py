"""Where values stand on an axis: in order, at the ticks that say so, and nowhere if there is none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.config.parameter import Parameter
from study.config.space import Objective
from study.report.explore.scale import Scale, objective_scale, parameter_scale

positive = st.floats(1e-4, 1e4)


def column(values: list[object], name: str = "lambda_1") -> pd.Series:
    return pd.Series(values, name=name)


def check_ticks(scale: Scale, name: str) -> None:
    """What a tick says stands where the tick is."""
    for position, text in scale.ticks:
        value: object = float(text.replace(",", "")) if name == "lambda_1" else text
        assert scale.place(column([value], name))[0] == pytest.approx(position, abs=1e-5)
        assert scale.low - 1e-9 <= position <= scale.high + 1e-9


@given(st.lists(positive, min_size=1, max_size=20), st.booleans(), st.floats(0, 0.5))
def test_numbers_keep_their_order_within_the_ends(values: list[float], log: bool, zero: float) -> None:
    scale = parameter_scale([Parameter(low=0.1, high=10, log=log, zero=zero)], column([*values]))
    placed = scale.place(column([0.0, *sorted(values)]))
    if zero or not log:
        assert (np.diff(placed) >= 0).all()
    assert (placed[1:] >= scale.low).all()
    assert (placed[1:] <= scale.high).all()
    check_ticks(scale, "lambda_1")


def test_a_logarithmic_axis_has_equal_decades_and_its_zero_below_them() -> None:
    scale = parameter_scale([Parameter(low=0.1, high=10, log=True, zero=0.1)], column([0.5, np.nan, 0.0]))
    zero, low, middle, high = scale.place(column([0, 0.1, 1, 10]))
    assert (low, middle, high) == pytest.approx((-1, 0, 1))
    assert zero == scale.low < low
    assert (zero, "0") in scale.ticks
    assert np.isnan(scale.place(column([np.nan, -1.0]))).all()


def test_without_a_chance_of_zero_there_is_no_place_for_it() -> None:
    scale = parameter_scale([Parameter(low=0.1, high=10, log=True)], column([0.5]))
    assert np.isnan(scale.place(column([0.0]))).all()
    assert (scale.low, scale.high) == pytest.approx((-1, 1))


def test_choices_stand_at_equal_distances_numbers_in_their_order() -> None:
    scale = parameter_scale([Parameter(choices=(32, 8, 16))], column([16.0, 64.0, np.nan], "latent_dim"))
    assert [text for _, text in scale.ticks] == ["8", "16", "32", "64"]
    assert scale.place(column([8, 16, 32, 64], "latent_dim")).tolist() == [0, 1, 2, 3]
    assert np.isnan(scale.place(column([np.nan, 9], "latent_dim"))).all()


def test_choices_that_are_words() -> None:
    scale = parameter_scale([Parameter(choices=("imq", "rbf"))], column(["rbf", None], "kernel"))
    check_ticks(scale, "kernel")
    assert scale.place(column(["imq", "rbf"], "kernel")).tolist() == [0, 1]


def test_of_many_choices_some_have_a_text() -> None:
    choices = tuple(range(1, 101))
    scale = parameter_scale([Parameter(choices=choices)], column([1], "latent_dim"))
    assert len(scale.ticks) <= 12
    assert scale.place(column([100], "latent_dim")).tolist() == [99]


def test_a_range_in_one_study_and_choices_in_another_share_the_axis_of_the_range() -> None:
    scale = parameter_scale([Parameter(choices=(0, 20)), Parameter(low=0.1, high=10, log=True)], column([0, 20.0, 1]))
    assert scale.log
    assert scale.high == pytest.approx(np.log10(20))
    assert scale.zero is not None


@pytest.mark.parametrize(("direction", "far"), [("minimize", 1e6), ("maximize", -1e6)])
def test_an_objective_far_worse_than_the_others_stands_at_the_end(direction: str, far: float) -> None:
    objective = Objective.model_validate({"name": "reconstruction", "direction": direction})
    values = np.array([1.0, 2, 3, 4, far])
    scale = objective_scale(objective, values, values[:1])
    assert scale.high - scale.low < 10
    placed = scale.place(column([far, 1], "reconstruction"))
    assert placed[0] == (scale.high if far > 0 else scale.low)
    assert placed[1] == 1
