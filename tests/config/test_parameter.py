"""Parameter: which values it gives, at known answers."""

from collections.abc import Callable
from itertools import product

import pytest

from study.config.load import available_spaces, load_space
from study.config.parameter import Parameter
from study.config.plan import make_plan
from study.config.space import SearchSpace
from study.system.errors import InputError
from tests.config.conftest import GRID

CHOICES = Parameter(choices=(8, 16), when={"family": "vae"})
RANGE = Parameter(low=0.1, high=12, log=True, zero=0.1)
WHOLE = Parameter(low=2, high=5, integer=True)


def test_it_exists_beside_the_values_that_it_names() -> None:
    assert CHOICES.exists({"family": "vae"})
    assert not CHOICES.exists({"family": "beta-vae"})
    assert not CHOICES.exists({})
    assert RANGE.exists({})


def test_a_value_comes_back_as_the_parameter_gives_it() -> None:
    assert [type(CHOICES.checked(8.0)), type(WHOLE.checked(3.0)), type(RANGE.checked(3))] == [int, int, float]
    assert RANGE.checked(0) == 0.0
    for parameter, value, allowed in (
        (CHOICES, 9, "8, 16"),
        (CHOICES, True, "8, 16"),
        (RANGE, 13, "0.1 to 12, and 0"),
        (WHOLE, 2.5, "whole numbers 2 to 5"),
    ):
        with pytest.raises(ValueError, match=f"received {value}; allowed: {allowed}$"):
            parameter.checked(value)


def test_a_single_value_of_a_range_has_no_chance() -> None:
    assert CHOICES.takes(16)
    assert not CHOICES.takes(9)
    assert RANGE.takes(0)
    assert not RANGE.takes(0.5)
    assert WHOLE.takes(3)
    assert not WHOLE.takes(6)
    assert not WHOLE.takes(True)


def test_the_ends_of_a_range_are_with_its_zero() -> None:
    assert CHOICES.ends() == (8, 16)
    assert RANGE.ends() == (0.1, 12, 0.0)
    assert WHOLE.ends() == (2, 5)


def test_a_grid_has_every_point_once(load: Callable[[str], SearchSpace]) -> None:
    points = list(load(GRID).grid())
    vae = [{"family": "vae", "width": w} for w in (10, 20)]
    gaussian = [{"family": "wae-gaussian", "lambda_1": x, "width": w} for x, w in product((0, 1, 2), (10, 20))]
    uniform = [{"family": "wae-uniform", "lambda_1": 0, "width": w} for w in (10, 20)] + [
        {"family": "wae-uniform", "lambda_1": x, "kernel": k, "width": w}
        for x, k, w in product((1, 2), ("imq", "rbf"), (10, 20))
    ]
    assert points == vae + gaussian + uniform
    assert len(points) == 18


@pytest.mark.parametrize("name", available_spaces())
def test_corners_meet_every_choice_and_both_ends(name: str) -> None:
    space, _ = load_space(name)
    points = list(space.extremes())
    for parameter_name, parameter in space.parameters.items():
        met = {point[parameter_name] for point in points if parameter_name in point}
        assert met == set(parameter.ends())
    for preset in space.presets:
        made = make_plan(space, name, name="x", preset=preset, seed=3)
        assert {made.trial_config(point, 0).family for point in points} == set(space.families())


def test_corners_meet_choices_below_a_condition(load: Callable[[str], SearchSpace]) -> None:
    """The third choice of a parameter that exists under the first choice of another, and is wrong, must be seen."""
    text = GRID.replace("kernel: {choices: [imq, rbf]", "kernel: {choices: [imq, rbf, cosine]")
    with pytest.raises(InputError, match="kernel: allowed: 'imq' or 'rbf'; received 'cosine'"):
        load(text)


def test_conditions(load: Callable[[str], SearchSpace]) -> None:
    kernel = load(GRID).parameters["kernel"]
    assert kernel.exists({"family": "wae-uniform", "lambda_1": 2})
    assert not kernel.exists({"family": "wae-uniform", "lambda_1": 0})
    assert not kernel.exists({"family": "wae-gaussian", "lambda_1": 2})
    assert not kernel.exists({"family": "wae-uniform"})
