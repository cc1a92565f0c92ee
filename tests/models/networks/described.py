"""Networks, and their layers in words."""

from collections.abc import Iterator

import torch
from torch import nn

from study.models import DCGAN, FullyConnected, Network, SmallConvolutional
from study.models.networks.layers import Affine


def told(layers: nn.Module) -> Iterator[str]:
    """Each layer in a word: what it is, and the channels that come out of it."""
    for layer in layers.children():
        match layer:
            case nn.Conv2d() | nn.ConvTranspose2d():
                size, stride = layer.kernel_size[0], layer.stride[0]
                yield f"{'de' if isinstance(layer, nn.ConvTranspose2d) else ''}conv{size}/{stride} {layer.out_channels}"
            case nn.Linear():
                yield f"fc {layer.out_features}"
            case nn.BatchNorm2d() | Affine():
                yield "BN"
            case nn.MaxPool2d():
                yield f"pool{layer.kernel_size}"
            case nn.Upsample():
                assert layer.mode == "nearest"
                yield f"up{layer.scale_factor:g}"
            case nn.Flatten() | nn.Unflatten():
                pass
            case _:
                yield type(layer).__name__


def make(
    network: type[FullyConnected | DCGAN | SmallConvolutional], shape: tuple[int, int, int], width: int, seed: int = 0
) -> Network:
    return network(shape, 5, width, torch.Generator().manual_seed(seed))
