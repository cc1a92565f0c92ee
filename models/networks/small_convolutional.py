"""The convolutional network for CelebA that the authors' public code has as its default."""

from collections.abc import Mapping
from typing import Any, Self, final

import torch
from torch import nn

from study.models.networks.layers import BatchNorm, Network, convolution, divisible, linear, normalisation


@final
class SmallConvolutional(Network):
    """For images whose sides are multiples of 32; in the authors' code w = `width` = 128 and 64 × 64 × 3.

    Trunk: five times a convolution 3 × 3, ELU, batch norm and max-pooling 2 × 2, with w, 2w, 2w, 2w and 2w channels.
    Decoder: linear to H/16 × W/16 × 2w, ELU; then convolutions 3 × 3 with batch norm and ELU, two at each size: 2w and
    w channels, then w/2, w/4 and w/8 with sides doubled before each (nearest neighbours); then doubled once more and
    one convolution to the logits. A convolution right before batch norm has no bias: the shift of the batch norm is
    one.
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
        divisible(image_shape, 32, "small-convolutional")
        channels, height, across = image_shape
        inner = (2 * width, height // 16, across // 16)
        self.n_features = 2 * width * (height // 32) * (across // 32)

        def halve(n_in: int, n_out: int) -> list[nn.Module]:
            same = convolution(n_in, n_out, generator, size=3)
            return [same, nn.ELU(), normalisation(n_out, batch_norm), nn.MaxPool2d(2)]

        def same(n_in: int, n_out: int) -> list[nn.Module]:
            return [
                convolution(n_in, n_out, generator, size=3, bias=False),
                normalisation(n_out, batch_norm),
                nn.ELU(),
            ]

        def double(n_in: int, n_out: int) -> list[nn.Module]:
            return [nn.Upsample(scale_factor=2), *same(n_in, n_out), *same(n_out, n_out)]

        half, quarter, eighth = (max(1, width // part) for part in (2, 4, 8))
        self.trunk = nn.Sequential(
            *halve(channels, width),
            *halve(width, 2 * width),
            *halve(2 * width, 2 * width),
            *halve(2 * width, 2 * width),
            *halve(2 * width, 2 * width),
            nn.Flatten(),
        )
        self.decoder = nn.Sequential(
            linear(latent_dim, inner[0] * inner[1] * inner[2], generator),
            nn.ELU(),
            nn.Unflatten(1, inner),
            *same(2 * width, 2 * width),
            *same(2 * width, width),
            *double(width, half),
            *double(half, quarter),
            *double(quarter, eighth),
            nn.Upsample(scale_factor=2),
            convolution(eighth, channels, generator, size=3),
        )
