"""The three-layer convolutional network that the first author's thesis gives for Table 1 and Figure 3 (CelebA)."""

from collections.abc import Mapping
from typing import Any, Self, final

import torch
from torch import nn

from study.models.networks.layers import BatchNorm, Network, convolution, divisible, doubling, linear, normalisation


@final
class DCGAN(Network):
    """After Radford et al. 2016, for images whose sides are multiples of 8; there w = `width` = 32 and 64 × 64 × 3.

    Trunk: three convolutions 4 × 4 of stride 2 with w, 2w and 4w channels, each with batch norm and ReLU. (The thesis
    does not name them after the third; the authors' public code has them.) Decoder: linear to H/8 × W/8 × 4w, ReLU,
    then transposed convolutions to 2w and w with batch norm and ReLU, and to the logits. A convolution before batch
    norm has no bias of its own: the shift of the batch norm is one.
    """

    @classmethod
    def of(cls, settings: Mapping[str, Any], image_shape: tuple[int, int, int], generator: torch.Generator) -> Self:
        """The network with these settings of a trial."""
        return cls(image_shape, settings["latent_dim"], settings["width"], generator, settings["batch_norm"])

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        latent_dim: int,
        width: int,
        generator: torch.Generator,
        batch_norm: BatchNorm = "statistics",
    ):
        super().__init__()
        divisible(image_shape, 8, "dcgan")
        channels, height, across = image_shape
        inner = (4 * width, height // 8, across // 8)
        self.n_features = inner[0] * inner[1] * inner[2]

        def halve(n_in: int, n_out: int) -> list[nn.Module]:
            down = convolution(n_in, n_out, generator, size=4, stride=2, bias=False)
            return [down, normalisation(n_out, batch_norm), nn.ReLU()]

        def double(n_in: int, n_out: int) -> list[nn.Module]:
            return [doubling(n_in, n_out, generator, bias=False), normalisation(n_out, batch_norm), nn.ReLU()]

        self.trunk = nn.Sequential(
            *halve(channels, width),
            *halve(width, 2 * width),
            *halve(2 * width, 4 * width),
            nn.Flatten(),
        )
        self.decoder = nn.Sequential(
            linear(latent_dim, self.n_features, generator),
            nn.ReLU(),
            nn.Unflatten(1, inner),
            *double(4 * width, 2 * width),
            *double(2 * width, width),
            doubling(width, channels, generator),
        )
