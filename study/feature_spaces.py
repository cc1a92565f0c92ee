"""Which features a dataset's images are compared on, and the statistics of the real images there.

- `frechet_factors` (dSprites): the factor classifier's features; reference: images of the evaluated part.
- `frechet_pca` (fading squares): principal components of the training pixels; reference: all images of the dataset.
- `fid`: the Inception network's; reference as above. Only where its weights are, and on a CPU, where a thousand images
  take more than a minute, only if the environment names them.

A reference is computed once per process. One on Inception features, which costs a CPU minutes, is also kept in the
dataset cache, in a file whose name is a hash of everything that it depends on.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from study.data import DATASETS
from study.data.cache import cached
from study.data.dataset import Dataset, Part
from study.metrics import factor_classifier, inception
from study.metrics.frechet import Gaussian, accumulate
from study.metrics.principal_components import PrincipalComponents

BATCH = 500

REFERENCE_VERSION = "1"
"""To be raised whenever the choice of reference images or their features' computation changes."""

_references: dict[tuple[object, ...], Gaussian] = {}
_components: dict[str, PrincipalComponents] = {}


@dataclass(frozen=True)
class FeatureSpace:
    """`features` maps images (n, C, H, W) in [0, 1] to (n, width). `identity` tells its weights from others'."""

    metric: str
    identity: str
    features: Callable[[Tensor], np.ndarray]
    all_images: bool = False
    """Whether the reference is all images of the dataset, not a part's."""

    kept: bool = False
    """Whether the reference is worth a file."""


def feature_spaces(dataset: Dataset, device: torch.device) -> Iterator[FeatureSpace]:
    """Those in which samples of `dataset` are compared with its images on this machine."""
    offers = DATASETS[dataset.name].offers
    if "factor_classifier" in offers:
        classifier = factor_classifier.load(device)
        yield FeatureSpace("frechet_factors", factor_classifier.WEIGHTS_SHA256, classifier.features)
    if "pca" in offers:
        components = _principal_components(dataset)
        yield FeatureSpace(
            "frechet_pca", dataset.checksum, lambda images: components.features(_flat(images)), all_images=True
        )
    weights = inception_weights(device)
    if "fid" in offers and weights is not None:
        network = _inception(weights, device)
        yield FeatureSpace("fid", network.checksum, network.features, all_images="pca" in offers, kept=True)


def inception_weights(device: torch.device) -> Path | None:
    """The weights with which `fid` is to be computed on `device`, or None if it is not."""
    if device.type == "cpu" and not os.environ.get(inception.VARIABLE):
        return None
    return inception.available()


def reference(space: FeatureSpace, dataset: Dataset, part: Part, n: int, device: torch.device) -> Gaussian:
    """Statistics of `n` images of `part`, or of as many as it has: always the same ones."""
    key = (space.metric, space.identity, dataset.name, dataset.checksum, space.all_images or part, n)
    if key not in _references:
        rows = np.arange(len(dataset.images)) if space.all_images else _some(dataset.split[part], n)

        def compute() -> Gaussian:
            return accumulate(map(space.features, dataset.images.batches(rows, BATCH, device)))

        _references[key] = _kept(key, compute) if space.kept else compute()
    return _references[key]


def _some(rows: np.ndarray, n: int) -> np.ndarray:
    return np.sort(np.random.default_rng(n).permutation(rows)[:n])


def _kept(key: tuple[object, ...], compute: Callable[[], Gaussian]) -> Gaussian:
    def save(path: Path) -> None:
        statistics = compute()
        with path.open("wb") as file:
            np.savez(file, mean=statistics.mean, covariance=statistics.covariance, n=statistics.n)

    name = f"{key[0]}-{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.npz"
    path, _ = cached(name, REFERENCE_VERSION, save)
    with np.load(path) as stored:
        return Gaussian(stored["mean"], stored["covariance"], int(stored["n"]))


def _principal_components(dataset: Dataset) -> PrincipalComponents:
    if dataset.checksum not in _components:
        _components[dataset.checksum] = PrincipalComponents.of(_flat(dataset.images.batch(dataset.split.train)))
    return _components[dataset.checksum]


@lru_cache(maxsize=1)
def _inception(weights: Path, device: torch.device) -> inception.Inception:
    return inception.Inception(weights, device)


def _flat(images: Tensor) -> np.ndarray:
    flat: np.ndarray = images.flatten(start_dim=1).cpu().numpy()
    return flat
