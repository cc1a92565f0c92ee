"""The common parts of network architectures: their interface `Network`, layers, and the two kinds of batch norm.

Layers have Glorot-uniform weights and zero biases, as TensorFlow 1 starts them. They are made without PyTorch's own
start, which would draw from the global random state.
"""

from typing import Literal, TypeVar, final

import torch
from torch import Tensor, nn

BatchNorm = Literal["statistics", "affine"]
"""`statistics`: batch norm (Ioffe and Szegedy 2015), which the first author's thesis says; moving averages with decay
0.9 and epsilon 1e-5, as in the original code of the WAE. `affine`: its learned scale and shift alone, for that is what
the authors' public code computes: it asks for batch norm in a way that leaves mean and variance at 0 and 1."""

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def linear(n_in: int, n_out: int, generator: torch.Generator) -> nn.Linear:
    """A linear layer."""
    layer = nn.utils.skip_init(nn.Linear, n_in, n_out)
    assert isinstance(layer, nn.Linear)
    return _started(layer, generator)


def convolution(
    n_in: int, n_out: int, generator: torch.Generator, *, size: int, stride: int = 1, bias: bool = True
) -> nn.Conv2d:
    """Of odd `size` the sides stay as they are; a stride of 2 with an even one halves them."""
    padding = (size - 1) // 2
    layer = nn.utils.skip_init(nn.Conv2d, n_in, n_out, size, stride=stride, padding=padding, bias=bias)
    assert isinstance(layer, nn.Conv2d)
    return _started(layer, generator)


def doubling(n_in: int, n_out: int, generator: torch.Generator, *, bias: bool = True) -> nn.ConvTranspose2d:
    """A transposed convolution 4 × 4 of stride 2, which doubles the sides."""
    layer = nn.utils.skip_init(nn.ConvTranspose2d, n_in, n_out, 4, stride=2, padding=1, bias=bias)
    assert isinstance(layer, nn.ConvTranspose2d)
    return _started(layer, generator)


def normalisation(channels: int, kind: BatchNorm) -> nn.Module:
    """For images (n, channels, H, W); scales start at 1, shifts at 0."""
    return nn.BatchNorm2d(channels) if kind == "statistics" else Affine(channels)


@final
class Affine(nn.Module):
    """A scale and a shift for each channel: (n, channels, H, W) -> the same."""

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        return torch.addcmul(self.bias.to(images.dtype), images, self.weight.to(images.dtype))


def float32_linear(layer: nn.Linear, features: Tensor) -> Tensor:
    """`layer` in float32, whatever precision autocast has chosen around it."""
    with torch.autocast(features.device.type, enabled=False):
        return torch.nn.functional.linear(features.float(), layer.weight, layer.bias)


def divisible(image_shape: tuple[int, int, int], by: int, network: str) -> None:
    """`ValueError` unless both sides of images (C, H, W) can be halved down to `by`-ths."""
    if any(side < by or side % by for side in image_shape[1:]):
        raise ValueError(
            f"the {network} network takes images whose sides are multiples of {by}; "
            f"received {image_shape[1]} × {image_shape[2]}"
        )


def _started(layer: Layer, generator: torch.Generator) -> Layer:
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class Network(nn.Module):
    """Abstract: `trunk` maps images (n, C, H, W) to features (n, n_features), `decoder` codes (n, d) to logits."""

    trunk: nn.Module
    decoder: nn.Module
    n_features: int
