"""The features on which a dataset's images are compared, and the distances of samples from its real images there.

- `frechet_factors`, `kernel_factors` (dSprites, faces): the factor classifier's or regressor's features; reference:
  images of the evaluated part.
- `frechet_pca`, `kernel_pca` (fading squares): principal components of the training pixels; reference: all images of
  the dataset.
- `fid`, `kid`: the Inception network's; reference as above. Only where its weights are, and on a CPU, where a thousand
  images take more than a minute, only if the environment names them.

The samples pass through a network once, for all distances. A reference is computed once per process. One on Inception
features, which costs a CPU minutes, is also kept in the dataset cache, in a file whose name is a hash of everything
that it depends on.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from study.data.cache import cached
from study.data.dataset import Dataset, Part
from study.features import factor_classifier, factor_regressor, inception
from study.features.network import FeatureNetwork
from study.features.principal_components import PrincipalComponents
from study.metrics.frechet import FittedGaussian, accumulate, frechet_distance
from study.metrics.kernel_distance import kernel_distance, root_mean_square
from study.system.errors import InputError

COMPARED_BATCH = 500

KERNEL_ROWS = 10_000
"""Images of either side, the first ones, that a kernel distance is computed from: 82 MB of Inception features. The
Fréchet distance is computed from all; it keeps none of their features."""

REFERENCE_VERSION = "2"
"""Version of kept references, to be raised whenever their images, these images' order or features change."""


@dataclass(frozen=True)
class FeatureSpace:
    """`features` maps images (n, C, H, W) in [0, 1] to (n, width). `identity` tells its weights from others'."""

    frechet: str
    kernel: str
    """Names of the two distances in `study.metrics.METRICS`."""

    network: str
    identity: str
    width: int
    features: Callable[[Tensor], np.ndarray]
    all_images: bool = False
    """Whether the reference is all images of the dataset, not a part's."""

    kept: bool = False
    """Whether the reference is worth a file."""

    raw: bool = False
    """Whether the kernel distance takes the features as they are: that is how the KID is defined."""


@dataclass(frozen=True)
class Described:
    """Features of a set of images, for distances: statistics of all of them, and the first `KERNEL_ROWS` rows."""

    statistics: FittedGaussian
    features: np.ndarray


_references: dict[tuple[object, ...], Described] = {}
_components: dict[str, PrincipalComponents] = {}


def _of_factors(device: torch.device, classifier: bool) -> FeatureSpace:
    network: FeatureNetwork
    if classifier:
        name, network = "classifier", factor_classifier.load_classifier(device)
        identity, width = factor_classifier.WEIGHTS_SHA256, factor_classifier.WIDTH
    else:
        name, network = "regressor", factor_regressor.load_regressor(device)
        identity, width = factor_regressor.WEIGHTS_SHA256, factor_regressor.WIDTH
    return FeatureSpace("frechet_factors", "kernel_factors", f"factor {name}", identity, width, network.features)


def feature_spaces(dataset: Dataset, device: torch.device) -> Iterator[FeatureSpace]:
    """Those in which samples of `dataset` are compared with its images on this machine."""
    offers = dataset.offers
    if "factor_network" in offers:
        yield _of_factors(device, classifier="dsprites_factors" in offers)
    if "pca" in offers:
        components = _principal_components(dataset)
        yield FeatureSpace(
            frechet="frechet_pca",
            kernel="kernel_pca",
            network="principal components",
            identity=dataset.checksum,
            width=components.width,
            features=lambda images: components.features(_flat(images)),
            all_images=True,
        )
    weights = inception_weights(device)
    if "fid" in offers and weights is not None:
        inception_network = _inception(weights, device)
        yield FeatureSpace(
            frechet="fid",
            kernel="kid",
            network="Inception network",
            identity=inception_network.checksum,
            width=inception.WIDTH,
            features=inception_network.features,
            all_images="pca" in offers,
            kept=True,
            raw=True,
        )


def inception_weights(device: torch.device) -> Path | None:
    """The weights with which `fid` is to be computed on `device`, or None if it is not."""
    if device.type == "cpu" and not os.environ.get(inception.VARIABLE):
        return None
    return inception.available()


def required_inception_weights(wanted_by: str, device: torch.device) -> Path:
    """`inception_weights`, or an `InputError` that names the option or setting by which they are wanted."""
    weights = inception_weights(device)
    if weights is None:
        raise InputError(
            f"{wanted_by}: no Inception weights on this machine; set {inception.VARIABLE} to pytorch-fid's weights file"
        )
    return weights


def compare(
    space: FeatureSpace, samples: Iterable[Tensor], dataset: Dataset, part: Part, n: int, device: torch.device
) -> dict[str, float]:
    """The distances of `samples`, which come in batches and in random order, from `n` images of `part`.

    Three values by their metric's names: the Fréchet distance, the kernel distance, and the latter's standard error.
    The images are always the same ones: as many as the part has if these are fewer, or all of the dataset, as `space`
    says. `ValueError` if there are fewer than 20 of either.
    """
    generated = _describe(map(space.features, samples))
    real = _reference(space, dataset, part, n, device)
    lack = _lack(space, generated.statistics.n, real.statistics.n)
    if lack:
        _warn_once(f"{space.frechet} of {generated.statistics.n} samples and {real.statistics.n} images: {lack}")
    unit = 1.0 if space.raw else root_mean_square(real.features)
    kernel = kernel_distance(generated.features, real.features, unit=unit)
    return {
        space.frechet: frechet_distance(generated.statistics, real.statistics),
        space.kernel: kernel.value,
        f"{space.kernel}_standard_error": kernel.standard_error,
    }


def setup(space: FeatureSpace, dataset: Dataset, part: Part, n: int) -> str:
    """One line on how `n` samples are compared, for the records: values compare only where these lines are equal."""
    rows = len(_rows(space, dataset, part, n))
    images = f"all {rows} images" if space.all_images else f"{rows} {part} images"
    lack = _lack(space, n, rows)
    return f"{n} samples against {images}, {space.network} {space.identity[:8]}" + (f"; {lack}" if lack else "")


def _lack(space: FeatureSpace, samples: int, images: int) -> str:
    """A warning where a covariance cannot have full rank, so that the Fréchet distance means little."""
    return f"too few for {space.width} dimensions" if min(samples, images) <= space.width else ""


@cache
def _warn_once(message: str) -> None:
    logging.getLogger(__name__).warning(message)


def _describe(features: Iterable[np.ndarray]) -> Described:
    kept: list[np.ndarray] = []

    def keeping() -> Iterator[np.ndarray]:
        room = KERNEL_ROWS
        for batch in features:
            if room > 0:
                kept.append(batch[:room])
                room -= len(batch)
            yield batch

    statistics = accumulate(keeping())
    return Described(statistics, np.concatenate(kept))


def _reference(space: FeatureSpace, dataset: Dataset, part: Part, n: int, device: torch.device) -> Described:
    which = "all" if space.all_images else f"{n} of {part}"
    key = (space.frechet, space.identity, dataset.name, dataset.checksum, which, KERNEL_ROWS)
    if key not in _references:

        def compute() -> Described:
            images = dataset.images.batches(_rows(space, dataset, part, n), COMPARED_BATCH, device)
            return _describe(map(space.features, images))

        _references[key] = _kept(key, compute) if space.kept else compute()
    return _references[key]


def _rows(space: FeatureSpace, dataset: Dataset, part: Part, n: int) -> np.ndarray:
    """The reference's images, in a random order, as the kernel distance wants them."""
    if space.all_images:
        return np.random.default_rng(0).permutation(len(dataset.images))
    return np.random.default_rng(0).permutation(dataset.split[part])[:n]


def _kept(key: tuple[object, ...], compute: Callable[[], Described]) -> Described:
    def save(path: Path) -> None:
        real = compute()
        statistics = real.statistics
        with path.open("wb") as file:
            np.savez(
                file, mean=statistics.mean, covariance=statistics.covariance, n=statistics.n, features=real.features
            )

    name = f"{key[0]}-{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.npz"
    path, _ = cached(name, REFERENCE_VERSION, save)
    with np.load(path) as stored:
        return Described(FittedGaussian(stored["mean"], stored["covariance"], int(stored["n"])), stored["features"])


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
