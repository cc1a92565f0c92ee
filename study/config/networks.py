"""The networks that a trial can have: what makes each, and its settings. Without PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from study.config.families import Factory
from study.config.setting import Setting


@dataclass(frozen=True)
class Architecture:
    """A kind of network: trunk and decoder."""

    network: Factory
    """`(settings, image_shape, generator)` → `study.models.Network`."""

    settings: Mapping[str, Setting] = field(default_factory=dict)


def _width(default: int) -> dict[str, Setting]:
    """The width, by default the authors' own."""
    what = "Units of a layer, or channels of the first one."
    return {"width": Setting(int, default, low=1, high=65536, description=what)}


BATCH_NORM = {
    "batch_norm": Setting(
        str, "statistics", choices=("statistics", "affine"), description="Batch norm, or its scale and shift alone."
    )
}

NETWORKS: dict[str, Architecture] = {
    "fully-connected": Architecture("study.models:FullyConnected.of", _width(1200)),
    "dcgan": Architecture("study.models:DCGAN.of", _width(32) | BATCH_NORM),
    "small-convolutional": Architecture("study.models:SmallConvolutional.of", _width(128) | BATCH_NORM),
}


def networks_with(setting: str) -> frozenset[str]:
    """The networks that have a setting: all of them, if no network declares it."""
    return frozenset(name for name in NETWORKS if setting in NETWORKS[name].settings) or frozenset(NETWORKS)
