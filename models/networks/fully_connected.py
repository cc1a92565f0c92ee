"""The fully connected network of the paper, for dSprites and fading squares."""

import math
from collections.abc import Mapping
from typing import Any, Self, final

import torch
from torch import nn

from study.models.networks.layers import Network, linear


@final
class FullyConnected(Network):
    """Trunk: D - width ReLU - width ReLU; decoder: d - three times (width tanh) - D logits. In the paper width = 1200.

    It is the 2-D shapes model of Higgins et al. 2017, Table 1.
    """

    @classmethod
    def of(cls, settings: Mapping[str, Any], image_shape: tuple[int, int, int], generator: torch.Generator) -> Self:
        """The network with these settings of a trial."""
        return cls(image_shape, settings["latent_dim"], settings["width"], generator)

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
