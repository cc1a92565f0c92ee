"""WarmStart: its name as it is shown, and the samplers that learn."""

from typing import get_args

import pytest

from study.config.space import SamplerName
from study.config.warm_start import LEARNING, WarmStart, check_learning


def test_it_is_known_by_its_study_and_its_checksum() -> None:
    assert str(WarmStart(study="earlier", checksum="0123456789ab" + "0" * 52)) == "earlier (SHA-256 0123456789ab…)"


@pytest.mark.parametrize("sampler", get_args(SamplerName))
def test_a_sampler_learns_or_is_refused(sampler: SamplerName) -> None:
    if sampler in LEARNING:
        check_learning(sampler)
    else:
        with pytest.raises(ValueError, match=f"the {sampler} sampler learns nothing .*; allowed: tpe, gp$"):
            check_learning(sampler)
