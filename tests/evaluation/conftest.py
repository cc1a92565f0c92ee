"""Stand-ins for models, with the interface of `AutoEncoder`, and small data on which their metrics are known."""

import math
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from study.data import DATASETS
from study.data.dataset import Dataset, Factors, Images, split
from study.evaluation.sizes import ALL, SIZES, EvaluationPart, Size, Sizes
from study.evaluation.suite import evaluate
from study.features import inception
from study.metrics.softmax import Adagrad
from study.models import Code

NAMES = ("shape", "scale", "orientation", "pos_x", "pos_y")
SHAPES = (3, 2, 10, 8, 8)


class StandIn(nn.Module):
    """Codes are the factors that are written into the first pixels of each image; decoded images are given."""

    def __init__(self, spread: float | None = None, logit: float = 0.0, shape: tuple[int, int, int] = (1, 64, 64)):
        super().__init__()
        self.spread, self.logit, self.shape = spread, logit, shape
        self.dropout = nn.Dropout(0.5)

    def encode(self, images: Tensor) -> Code:
        mean = self.dropout(images.flatten(start_dim=1)[:, :5])
        return Code(mean, None if self.spread is None else torch.full_like(mean, self.spread))

    def sample_code(self, code: Code, generator: torch.Generator) -> Tensor:
        if code.log_spread is None:
            return code.mean
        return code.mean + code.log_spread * torch.randn(code.mean.shape, generator=generator)

    def decode(self, z: Tensor) -> Tensor:
        """Every logit is the same, and as much higher as the code's sum is."""
        return (self.logit + z.sum(dim=1)).view(-1, 1, 1, 1).expand(-1, *self.shape)

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        return torch.rand(n, 1, 1, 1, generator=generator).expand(-1, *self.shape)


class FadingSquares(StandIn):
    """Samples that are true fading squares."""

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        images = torch.zeros(n, 1, 32, 32)
        images[:, :, 13:19, 13:19] = torch.rand(n, 1, 1, 1, generator=generator)
        return images


@pytest.fixture(scope="module")
def dsprites() -> Dataset:
    """A small grid of factors under the name of dSprites; factor values, from 0 to 1, are the first pixels."""
    factors = Factors(NAMES, SHAPES)
    n = math.prod(SHAPES)
    array = np.zeros((n, 64 * 64), dtype=np.float32)
    array[:, :5] = factors.values(np.arange(n)) / (np.array(SHAPES) - 1)
    images = Images(array, "float32", (1, 64, 64))
    return Dataset("dsprites", images, split(n), "made", "0", factors, DATASETS["dsprites"].offers)


@pytest.fixture(scope="module")
def fading_squares() -> Dataset:
    array = np.zeros((1000, 32, 32), dtype=np.float32)
    array[:, 13:19, 13:19] = np.linspace(0, 1, 1000)[:, None, None]
    images = Images(array.reshape(1000, -1), "float32", (1, 32, 32))
    return Dataset("fading_squares", images, split(1000), "made", "1", offers=DATASETS["fading_squares"].offers)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path))
    monkeypatch.delenv(inception.VARIABLE, raising=False)
    standard = Sizes(
        encoded=1000,
        reconstructed=500,
        examples=500,
        adagrad=Adagrad(3, 200),
        votes=(500, 300),
        rows=(200, 100),
        dci_rows=(150, 100),
        dci_trees=3,
        dci_learning_rate=0.1,
        samples=1000,
        brightness=2000,
    )
    monkeypatch.setitem(SIZES, "standard", standard)
    monkeypatch.setitem(SIZES, "full", replace(standard, encoded=ALL, reconstructed=ALL, votes=(1000, 500)))
    reduced = replace(standard, encoded=500, examples=200, adagrad=Adagrad(1, 200), samples=0, brightness=500)
    monkeypatch.setitem(SIZES, "reduced", reduced)


def run(
    model: StandIn,
    dataset: Dataset,
    part: EvaluationPart = "test",
    size: Size = "reduced",
    metrics: Collection[str] | None = None,
) -> dict[str, float]:
    return evaluate(model, dataset, part, size, "cpu", metrics)  # type: ignore[arg-type]


class Constant(StandIn):
    def encode(self, images: Tensor) -> Code:
        return Code(torch.zeros(len(images), 3))


class Noise(StandIn):
    """Fifty dimensions that know nothing of the image."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(0)

    def encode(self, images: Tensor) -> Code:
        return Code(torch.randn(len(images), 50, generator=self.generator))


class NotFinite(StandIn):
    def encode(self, images: Tensor) -> Code:
        return Code(torch.full((len(images), 3), math.nan))


class NotFiniteSamples(StandIn):
    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        return torch.full((n, *self.shape), math.inf)
