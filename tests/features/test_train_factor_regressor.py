"""The training of the shipped regressor, at a few steps."""

import numpy as np
import torch

from study.data.dataset import Dataset, Images, split
from study.data.faces import FACTORS
from study.features import network, train_factor_regressor
from study.features.factor_regressor import FactorRegressor
from tests.features.conftest import faces


def test_training_lowers_the_error_and_is_the_same_twice() -> None:
    images, factors = faces(400)
    data = Dataset(
        "faces-12", Images((255 * images.flatten(1)).byte().numpy(), "uint8", (3, 32, 32)), split(400), "made", ""
    )
    before = torch.get_rng_state()
    short, first, second = (train_factor_regressor.train_regressor(data, factors, steps) for steps in (1, 15, 15))
    assert torch.equal(torch.get_rng_state(), before)
    assert network.half_precision(first) == network.half_precision(second)
    explained = [train_factor_regressor.r_squared(each, data, factors) for each in (short, first)]
    assert tuple(explained[0]) == FACTORS
    assert np.mean(list(explained[1].values())) > np.mean(list(explained[0].values()))
    assert isinstance(first, FactorRegressor)
    assert not first.training
