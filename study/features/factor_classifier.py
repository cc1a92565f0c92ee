"""Features for dSprites: a small convolutional network that was trained to read the five ground-truth factors.

It replaces the Inception network where its weights are not available; distances on it are called `frechet_factors` and
`kernel_factors`, never `fid` or `kid`. Its 64 features are what its one linear layer reads shape, scale, orientation
and position from, so the distances see missing shapes and missing positions; blur and noise spoil what it reads, so
they see these too. By how much, and how often the classifier is right: `docs/distances.md`.

The weights are shipped (`dsprites_classifier.pt`, half precision) and made again by
`python -m study.features.train_factor_classifier`, which took three and a half minutes of one core.
"""

from functools import lru_cache
from pathlib import Path

import torch
from torch import nn

from study.features.network import FeatureNetwork, load_weights, trunk

CLASSES = {"shape": 3, "scale": 6, "orientation": 40, "pos_x": 32, "pos_y": 32}
"""Names and numbers of classes, in the order of the logits."""

WIDTH = 64
"""Number of features."""

WEIGHTS = Path(__file__).with_name("dsprites_classifier.pt")
WEIGHTS_SHA256 = "938c1aeef00086eff26fd15190233a0a23b6369faaf0a1a6bba356ffa913c45c"
"""Distances compare only between equal weights: training them again means a new checksum, here."""


class FactorClassifier(FeatureNetwork):
    """Images (n, 1, 64, 64) in [0, 1] to logits (n, 113), five factors side by side.

    The first layer's stride of 4 makes it cheap: ten thousand images take half a second on one core.
    """

    shape = (1, 64, 64)

    def __init__(self) -> None:
        super().__init__()
        self.trunk = trunk(nn.Conv2d(1, 16, 8, stride=4, padding=2, bias=False), (32, 64), 128, WIDTH)
        self.head = nn.Linear(WIDTH, sum(CLASSES.values()))


@lru_cache(maxsize=2)
def load_classifier(device: torch.device | str = "cpu") -> FactorClassifier:
    """The trained classifier. `InputError` if the shipped file is not the one that belongs to this code."""
    classifier = FactorClassifier()
    load_weights(classifier, WEIGHTS, WEIGHTS_SHA256)
    return classifier.to(device)
