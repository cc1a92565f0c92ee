"""Network: what an architecture is to the rest. A trunk from images to features, a decoder from codes to logits.

What turns features into a code is the encoder's business (`models/encoders.py`): every architecture serves every
encoder.
"""

from torch import nn


class Network(nn.Module):
    """Abstract: `trunk` maps images (n, C, H, W) to features (n, n_features), `decoder` codes (n, d) to logits."""

    trunk: nn.Module
    decoder: nn.Module
    n_features: int
