"""Features for faces: a small convolutional network that was trained to read the twelve ground-truth factors.

Like the factor classifier for dSprites, it replaces the Inception network; distances on its 64 features are
called `frechet_factors` and `kernel_factors`. It was trained on images in which all factors vary, so one network serves
every number of varying factors; images of 64 × 64 are averaged down to 32 × 32. How much of a factor it reads, and how
the distances grow with what is wrong with images: `docs/faces.md`.

The weights are shipped (`faces_regressor.pt`, half precision) and made again by
`python -m study.features.train_factor_regressor`, which took five minutes of one core.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from study.features.network import FeatureNetwork, load_weights, trunk

WIDTH = 64
"""Number of features."""

N_FACTORS = 12

WEIGHTS = Path(__file__).with_name("faces_regressor.pt")
WEIGHTS_SHA256 = "1ffb66e6d8e4f7a743afc828e66101efc12a6d6dcac95f0a7655bf0c38b7b4db"
"""Distances compare only between equal weights: training them again means a new checksum, here."""


class FactorRegressor(FeatureNetwork):
    """Images (n, 3, 32, 32) in [0, 1] to the twelve factors (n, 12)."""

    shape = (3, 32, 32)

    def __init__(self) -> None:
        super().__init__()
        self.trunk = trunk(nn.Conv2d(3, 24, 4, stride=2, padding=1, bias=False), (48, 64), 96, WIDTH)
        self.head = nn.Linear(WIDTH, N_FACTORS)

    def features(self, images: Tensor) -> np.ndarray:
        """Of images (n, 3, 32, 32) or (n, 3, 64, 64) in [0, 1]: float32 (n, 64). `ValueError` for another shape."""
        return super().features(avg_pool2d(images, 2) if images.shape[1:] == (3, 64, 64) else images)


@lru_cache(maxsize=2)
def load_regressor(device: torch.device | str = "cpu") -> FactorRegressor:
    """The trained regressor. `InputError` if the shipped file is not the one that belongs to this code."""
    regressor = FactorRegressor()
    load_weights(regressor, WEIGHTS, WEIGHTS_SHA256)
    return regressor.to(device)
