"""The distances on the classifier's features mean something: they grow with everything that is wrong with images."""

from itertools import groupby

import pytest

from benchmarks.spoiled_images import spoilt
from study.data import load


@pytest.mark.slow
def test_the_distances_grow_with_what_is_wrong() -> None:
    """Blur, noise, missing shapes and missing positions: always more than chance, and more of it is further away."""
    for fault, group in groupby(spoilt(load("dsprites")), key=lambda each: each.fault):
        none, *others = group
        assert len(others) >= 2, fault
        frechet = [each.frechet for each in (none, *others)]
        assert frechet == sorted(frechet), fault
        assert frechet[1] > 2 * frechet[0], fault
        kernel = [each.kernel.value for each in (none, *others)]
        assert kernel == sorted(kernel), fault
        assert abs(kernel[0]) < 3 * none.kernel.standard_error, fault
        assert all(each.kernel.value > 3 * each.kernel.standard_error for each in others), fault
