"""The points of a grid, the corners of a space, and which parameters exist beside others."""

from collections.abc import Callable
from itertools import product

import pytest

from study.config.load import available_spaces, load_space
from study.config.plan import make_plan
from study.config.space import SearchSpace
from study.system.errors import InputError
from tests.config.conftest import GRID


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
    with pytest.raises(InputError, match="kernel: allowed are 'imq' or 'rbf'; received 'cosine'"):
        load(text)


def test_conditions(load: Callable[[str], SearchSpace]) -> None:
    kernel = load(GRID).parameters["kernel"]
    assert kernel.exists({"family": "wae-uniform", "lambda_1": 2})
    assert not kernel.exists({"family": "wae-uniform", "lambda_1": 0})
    assert not kernel.exists({"family": "wae-gaussian", "lambda_1": 2})
    assert not kernel.exists({"family": "wae-uniform"})
