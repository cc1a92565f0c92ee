"""Which configurations a dry run times."""

import pytest

from study.running.timing import choose
from tests import make


@pytest.mark.parametrize("space", ["dsprites", "fading_squares", "paper/figure4", "paper/figure2"])
def test_the_configurations_are_those_of_the_smallest_and_the_largest_batches(space: str) -> None:
    plan = make.plan(space)
    configs = choose(plan)
    assert {config.family for config in configs} == set(plan.space.families())
    sizes = {config.batch_size for point in plan.space.extremes() for config in [plan.trial_config(point, 0)]}
    assert {config.batch_size for config in configs} == {min(sizes), max(sizes)}
