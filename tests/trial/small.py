"""Small trainings: images of bars and of colours, models of a few units, and a process that is cut."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from study.config.trial import TrialConfig
from study.data.dataset import Dataset, Images, split
from study.models import AutoEncoder
from study.trial import fit as fit_module
from study.trial.fit import Progress, draw_batch, fit
from study.trial.model import make_loss, make_model

SHAPE = (1, 8, 8)

CONVOLUTIONS = [(network, kind) for network in ("dcgan", "small-convolutional") for kind in ("statistics", "affine")]


def bars(n: int = 200) -> Dataset:
    """Images of a bar of one of eight heights, over and over, a bit a pixel."""
    heights = np.arange(n) % 8 + 1
    images = np.broadcast_to(np.arange(8)[None, :, None] < heights[:, None, None], (n, 8, 8))
    packed = np.packbits(images.reshape(n, 64), axis=1)
    return Dataset("dsprites", Images(packed, "bits", SHAPE), split(n), source="rendered", checksum="")


def colours(n: int = 200) -> Dataset:
    """Noisy images of one of eight colours each, a byte a value."""
    random = np.random.default_rng(0)
    bytes_ = 200 * random.integers(0, 2, (n, 3, 1)) + random.integers(0, 56, (n, 3, 32 * 32))
    return Dataset("dsprites", Images(bytes_.astype(np.uint8).reshape(n, -1), "uint8", (3, 32, 32)), split(n), "", "")


def trial(family: str = "wae-gaussian", **settings: Any) -> TrialConfig:
    if family == "beta-vae":
        settings.setdefault("beta", 4.0)
    if "images" not in settings:
        settings.setdefault("steps", 24)
    values = {"dataset": "dsprites", "seed": 3, "latent_dim": 2, "width": 16, "batch_size": 20, **settings}
    return TrialConfig(**{"family": family, **values})


def run(config: TrialConfig, dataset: Dataset | None = None, **options: Any) -> tuple[AutoEncoder, Iterator[Progress]]:
    dataset = dataset or bars()
    model = make_model(config, dataset.images.shape)
    options = {"checkpoint": None, "device": "cpu", **options}
    return model, fit(model, make_loss(config), dataset, config, **options)


class Cut(Exception):
    """What a killed process looks like from inside."""


def watched(monkeypatch: pytest.MonkeyPatch, cut: int | None = None) -> list[np.ndarray]:
    """The batches that are drawn from now on; the process ends when it comes to batch number `cut`."""
    drawn: list[np.ndarray] = []

    def watching(train: np.ndarray, size: int, batches: np.random.Generator) -> np.ndarray:
        if len(drawn) == cut:
            raise Cut
        drawn.append(draw_batch(train, size, batches))
        return drawn[-1]

    monkeypatch.setattr(fit_module, "draw_batch", watching)
    return drawn


class FakeClock:
    """Time stands still but for one second a training step, and for what a test adds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.now = 0.0
        monkeypatch.setattr(time, "perf_counter", lambda: self.now)

        def slow(train: np.ndarray, size: int, batches: np.random.Generator) -> np.ndarray:
            self.now += 1
            return draw_batch(train, size, batches)

        monkeypatch.setattr(fit_module, "draw_batch", slow)


def assert_same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> None:
    assert one.keys() == other.keys()
    for name in one:
        assert torch.equal(one[name], other[name]), name


def told(p: Progress) -> tuple[int, int, dict[str, float]]:
    return p.step, p.images, p.terms


def config(family: str = "wae-uniform", **settings: object) -> TrialConfig:
    values = {"dataset": "fading_squares", "seed": 0, "steps": 6, "latent_dim": 2, "width": 4, "batch_size": 20}
    fixed = {"prior": "uniform", "tanh_mean": False, "precision": "float32", "learning_rate": 1e-2}
    return TrialConfig.model_validate({"family": family, **values, **fixed, **settings})
