"""Plugins for tests: files that are written, and forgotten when the test ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from study.config import plugins

RINGS = '''
"""A family, a network, a dataset and a metric, each as small as it can be."""

import numpy as np

from study.plugins import Architecture, Dataset, Description, Factors, Family, Images, Metric, Setting, split

SHAPE = (1, 8, 8)


def load(root):
    rows = (np.arange(40)[:, None] + np.arange(64) % 7).astype(np.uint8)
    return Dataset("ramps", Images(rows, "uint8", SHAPE), split(40), "rendered", "0" * 64)


def spread(codes):
    return float(codes.std())


FAMILIES = {
    "own-vae": Family(
        "study.models:Gaussian.of",
        "study.models:VAE.of",
        {
            "tanh_mean": Setting(bool, False),
            "beta": Setting(float, 2.0, low=0),
            "groups": Setting(int, 4, low=1, high=64, log=True),
            "shape": Setting(str, "round", choices=("round", "square")),
        },
        network="own-network",
    )
}
NETWORKS = {
    "own-network": Architecture("study.models:FullyConnected.of", {"width": Setting(int, 5, low=1)}),
}
DATASETS = {"ramps": Description(SHAPE, frozenset({"grey"}), load)}
METRICS = {"code_spread": Metric("maximize", "", "standard deviation of all mean codes", of_codes=spread)}
'''


def write(folder: Path, text: str = RINGS, name: str = "mine") -> Path:
    """The file of a plugin."""
    path = folder / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def forgotten(*names: str) -> Iterator[None]:
    """Context manager after which this process knows nothing of these plugins."""
    try:
        yield
    finally:
        for name in names:
            plugins.forget(name)
