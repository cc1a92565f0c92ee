"""Network architectures: a trunk from images to features, and a decoder from codes to logits.

What turns features into a code is the encoder's business (`encoders.py`): every architecture serves every encoder.
"""

import math
from typing import final

import torch
from torch import Tensor, nn


class Network(nn.Module):
    """Abstract: `trunk` maps images (n, C, H, W) to features (n, n_features), `decoder` codes (n, d) to logits."""

    trunk: nn.Module
    decoder: nn.Module
    n_features: int


@final
class FullyConnected(Network):
    """The paper's network for dSprites and fading squares, there of width 1200.

    Trunk: D - width ReLU - width ReLU; decoder: d - three times (width tanh) - D logits. It is the 2-D shapes model
    of Higgins et al. 2017, Table 1.
    """

    def __init__(self, image_shape: tuple[int, int, int], latent_dim: int, width: int, generator: torch.Generator):
        super().__init__()
        pixels = math.prod(image_shape)
        self.n_features = width
        self.trunk = nn.Sequential(
            nn.Flatten(),
            linear(pixels, width, generator),
            nn.ReLU(),
            linear(width, width, generator),
            nn.ReLU(),
        )
        self.decoder = nn.Sequential(
            linear(latent_dim, width, generator),
            nn.Tanh(),
            linear(width, width, generator),
            nn.Tanh(),
            linear(width, width, generator),
            nn.Tanh(),
            linear(width, pixels, generator),
            nn.Unflatten(1, image_shape),
        )


def linear(n_in: int, n_out: int, generator: torch.Generator) -> nn.Linear:
    """A linear layer with Glorot-uniform weights and zero biases, as TensorFlow 1 starts them.

    The layer is made without PyTorch's own start, which would draw from the global random state.
    """
    layer = nn.utils.skip_init(nn.Linear, n_in, n_out)
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)
    assert isinstance(layer, nn.Linear)
    return layer


def float32_linear(layer: nn.Linear, features: Tensor) -> Tensor:
    """`layer` in float32, whatever precision autocast has chosen around it."""
    with torch.autocast(features.device.type, enabled=False):
        return torch.nn.functional.linear(features.float(), layer.weight, layer.bias)
