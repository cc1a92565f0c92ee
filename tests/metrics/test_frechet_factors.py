"""The distance on the classifier's features means something: it grows with everything that is wrong with images."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import conv2d

from study.data import load
from study.data.dataset import Dataset
from study.metrics import factor_classifier
from study.metrics.frechet import Gaussian, accumulate, frechet_distance

N = 5000


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load("dsprites")


@pytest.fixture(scope="module")
def halves(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Indices of two sets of test images that have none in common: the reference, and what is spoilt."""
    indices = np.random.default_rng(0).permutation(dataset.split.test)
    return indices[:N], indices[N:]


def statistics(dataset: Dataset, indices: np.ndarray, spoil: Callable[[Tensor], Tensor] = lambda x: x) -> Gaussian:
    classifier = factor_classifier.load()
    return accumulate(classifier.features(spoil(images)) for images in dataset.images.batches(indices, 500))


def blurred(images: Tensor, sigma: float) -> Tensor:
    offsets = torch.arange(-10, 11)
    kernel = torch.exp(-((offsets / sigma) ** 2) / 2) if sigma else (offsets == 0).float()
    kernel = kernel / kernel.sum()
    return conv2d(conv2d(images, kernel.view(1, 1, -1, 1), padding=(10, 0)), kernel.view(1, 1, 1, -1), padding=(0, 10))


def noisy(images: Tensor, strength: float) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return (images + strength * torch.randn(images.shape, generator=generator)).clamp(0, 1)


def by_spoiling(dataset: Dataset, indices: np.ndarray) -> Iterator[tuple[str, list[Gaussian]]]:
    yield "blur", [statistics(dataset, indices[:N], lambda x, s=s: blurred(x, s)) for s in (0.0, 1.0, 2.0, 4.0)]
    yield "noise", [statistics(dataset, indices[:N], lambda x, s=s: noisy(x, s)) for s in (0.0, 0.05, 0.1, 0.2, 0.4)]
    assert dataset.factors is not None
    values = dataset.factors.values(indices)
    columns = {name: column for column, name in enumerate(dataset.factors.names)}
    for name, column, most in (("shapes", "shape", (3, 2, 1)), ("positions", "pos_x", (32, 24, 16, 8))):
        yield name, [statistics(dataset, indices[values[:, columns[column]] < kept][:N]) for kept in most]


@pytest.mark.slow
def test_the_distance_grows_with_what_is_wrong(dataset: Dataset, halves: tuple[np.ndarray, np.ndarray]) -> None:
    """Blur, noise, missing shapes and missing positions: always more than chance, and more of it is further away."""
    reference = statistics(dataset, halves[0])
    for name, spoilt in by_spoiling(dataset, halves[1]):
        distances = [frechet_distance(reference, other) for other in spoilt]
        print(name, " ".join(f"{distance:.3f}" for distance in distances))
        assert distances == sorted(distances), name
        assert distances[1] > 2 * distances[0], name
