"""Network: the interface of an architecture. A trunk from images to features, a decoder from codes to logits.

Codes are computed from features by the encoder (`models/encoders.py`): every architecture works with
every encoder.
"""

from torch import nn


class Network(nn.Module):
    """Abstract: `trunk` maps images (n, C, H, W) to features (n, n_features), `decoder` codes (n, d) to logits."""

    trunk: nn.Module
    decoder: nn.Module
    n_features: int
