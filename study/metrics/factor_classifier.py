"""Features for dSprites: a small convolutional network that was trained to read the five ground-truth factors.

It stands in for the Inception network where that cannot be had; distances on it are called `frechet_factors` and
`kernel_factors`, never `fid` or `kid`. Its 64 features are what its one linear layer reads shape, scale, orientation
and position from, so the distances see missing shapes and missing positions; blur and noise spoil what it reads, so
they see these too. By how much, and how often the classifier is right: `docs/distances.md`.

The weights are shipped (`dsprites_classifier.pt`, half precision) and made again by
`python -m study.metrics.train_factor_classifier`, which took three and a half minutes of one core.
"""

import hashlib
import io
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from study.errors import InputError

FACTORS = {"shape": 3, "scale": 6, "orientation": 40, "pos_x": 32, "pos_y": 32}
"""Names and numbers of classes, in the order of the logits."""

WIDTH = 64
"""Of the features."""

WEIGHTS = Path(__file__).with_name("dsprites_classifier.pt")
WEIGHTS_SHA256 = "938c1aeef00086eff26fd15190233a0a23b6369faaf0a1a6bba356ffa913c45c"
"""Distances compare only between equal weights: training them again means a new checksum, here."""

BATCH = 500


class FactorClassifier(nn.Module):
    """Images (n, 1, 64, 64) in [0, 1] to logits (n, 113), five factors side by side.

    The first layer's stride of 4 makes it cheap: ten thousand images take half a second on one core.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 16, 8, stride=4, padding=2, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 32, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 64, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(64 * 4 * 4, 128, bias=False),
            nn.BatchNorm1d(128),
            nn.ReLU(),
            nn.Linear(128, WIDTH),
            nn.ReLU(),
        )
        self.head = nn.Linear(WIDTH, sum(FACTORS.values()))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.trunk(images))
        return logits

    @torch.inference_mode()
    def features(self, images: Tensor) -> np.ndarray:
        """Of images (n, 1, 64, 64) in [0, 1]: float32 (n, 64). `ValueError` for another shape."""
        if images.shape[1:] != (1, 64, 64) or len(images) == 0:
            raise ValueError(f"images: (n, 1, 64, 64) is needed; received shape {tuple(images.shape)}")
        device = self.head.weight.device
        return np.concatenate([self.trunk(batch.to(device).float()).cpu().numpy() for batch in images.split(BATCH)])


@lru_cache(maxsize=2)
def load(device: torch.device | str = "cpu") -> FactorClassifier:
    """The trained classifier. `InputError` if the shipped file is not the one that belongs to this code."""
    content = WEIGHTS.read_bytes() if WEIGHTS.exists() else b""
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != WEIGHTS_SHA256:
        raise InputError(f"{WEIGHTS}: missing or damaged, install again: SHA-256 is {checksum}, not {WEIGHTS_SHA256}")
    classifier = FactorClassifier()
    classifier.load_state_dict(torch.load(io.BytesIO(content), map_location="cpu", weights_only=True))
    return classifier.eval().requires_grad_(False).to(device)
