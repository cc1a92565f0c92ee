"""The common parts of the small networks whose features are used instead of Inception's.

These are `factor_classifier` and `factor_regressor`. Each was trained to predict a dataset's ground-truth factors, is
shipped in half precision, and is identified by a checksum: only distances by equal weights can be compared.
"""

import hashlib
import io
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from study.system.errors import InputError

NETWORK_BATCH = 500


class FeatureNetwork(nn.Module):
    """Abstract: `trunk` maps images (n, *shape) in [0, 1] to features (n, width), the linear `head` on to outputs."""

    shape: tuple[int, int, int]
    trunk: nn.Module
    head: nn.Linear

    def forward(self, images: Tensor) -> Tensor:
        outputs: Tensor = self.head(self.trunk(images))
        return outputs

    @torch.inference_mode()
    def features(self, images: Tensor) -> np.ndarray:
        """Of images (n, *shape) in [0, 1]: float32 (n, width). `ValueError` for another shape."""
        if images.shape[1:] != self.shape or len(images) == 0:
            needed = ", ".join(map(str, self.shape))
            raise ValueError(f"images: (n, {needed}) is needed; received shape {tuple(images.shape)}")
        device = self.head.weight.device
        return np.concatenate(
            [self.trunk(batch.to(device).float()).cpu().numpy() for batch in images.split(NETWORK_BATCH)]
        )


def trunk(first: nn.Conv2d, widths: tuple[int, int], hidden: int, features: int) -> nn.Sequential:
    """Three convolutions and two linear layers: images that `first` makes 16 × 16, to `features` numbers each."""
    low, middle, high = first.out_channels, *widths
    return nn.Sequential(
        first,
        nn.BatchNorm2d(low),
        nn.ReLU(),
        nn.Conv2d(low, middle, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(middle),
        nn.ReLU(),
        nn.Conv2d(middle, high, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(high),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(high * 4 * 4, hidden, bias=False),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, features),
        nn.ReLU(),
    )


def load_weights(network: FeatureNetwork, path: Path, sha256: str) -> None:
    """Put the shipped weights into `network`. `InputError` if the file is not the one that belongs to this code."""
    content = path.read_bytes() if path.exists() else b""
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != sha256:
        raise InputError(f"{path}: missing or damaged, install again: SHA-256 is {checksum}, not {sha256}")
    network.load_state_dict(torch.load(io.BytesIO(content), map_location="cpu", weights_only=True))
    network.eval().requires_grad_(False)


def half_precision(network: FeatureNetwork) -> bytes:
    """A file's content: the state dict in float16."""
    buffer = io.BytesIO()
    state = network.state_dict()
    torch.save({name: value.half() if value.is_floating_point() else value for name, value in state.items()}, buffer)
    return buffer.getvalue()
