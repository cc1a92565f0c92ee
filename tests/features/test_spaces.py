"""Samples against real images: what is compared with what, how often it is computed, and what is said of it."""

import dataclasses
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from study.data import DATASETS
from study.data.dataset import Dataset, Images, split
from study.features import factor_classifier, factor_regressor
from study.features import spaces as module
from study.features.spaces import FeatureSpace, compare, feature_spaces, setup
from study.metrics import METRICS
from study.metrics.frechet import accumulate, frechet_distance
from study.metrics.kernel_distance import kernel_distance

CPU = torch.device("cpu")


class Pixels:
    """In place of a network: the first two pixels, and a note of every batch that passed."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def __call__(self, images: Tensor) -> np.ndarray:
        self.batches.append(len(images))
        return images.flatten(start_dim=1)[:, :2].numpy()


@pytest.fixture
def pixels() -> Pixels:
    return Pixels()


@pytest.fixture
def space(pixels: Pixels) -> FeatureSpace:
    return FeatureSpace("fid", "kid", "two pixels", "abcdefghij", width=2, features=pixels, raw=True)


@pytest.fixture
def dataset() -> Dataset:
    """2000 images whose first pixel grows from 0 to 1, so that no stretch of them is like another."""
    rng = np.random.default_rng(0)
    values = np.column_stack([np.linspace(0, 1, 2000), rng.random((2000, 3))]).astype(np.float32)
    return Dataset("dsprites", Images(values, "float32", (1, 2, 2)), split(2000), "made", "checksum")


@pytest.fixture(autouse=True)
def as_in_a_new_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "_references", {})
    module._warn_once.cache_clear()


def samples(n: int, seed: int = 1, shift: float = 0.0) -> torch.Tensor:
    return torch.rand((n, 1, 2, 2), generator=torch.Generator().manual_seed(seed)) + shift


def test_both_distances_from_one_pass(
    space: FeatureSpace, pixels: Pixels, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Fréchet distance of all samples and images, the kernel distance of the first of each."""
    monkeypatch.setattr(module, "KERNEL_ROWS", 70)
    drawn = samples(120, shift=0.1)
    values = compare(space, iter(drawn.split(50)), dataset, "test", 100, CPU)
    assert pixels.batches == [50, 50, 20, 100]

    real = np.random.default_rng(0).permutation(dataset.split.test)[:100]
    a, b = drawn.flatten(start_dim=1)[:, :2].numpy(), dataset.images.array[real, :2]
    kernel = kernel_distance(a[:70], b[:70])
    assert values == {
        "fid": pytest.approx(frechet_distance(accumulate([a]), accumulate([b])), rel=1e-6),
        "kid": pytest.approx(kernel.value, rel=1e-6),
        "kid_standard_error": pytest.approx(kernel.standard_error, rel=1e-6),
    }
    assert set(values) <= set(METRICS)

    scaled = compare(dataclasses.replace(space, raw=False), iter(drawn.split(50)), dataset, "test", 100, CPU)
    unit = np.sqrt((b[:70].astype(float) ** 2).mean())
    assert scaled["kid"] == pytest.approx(kernel_distance(a[:70] / unit, b[:70] / unit).value, rel=1e-6)
    assert scaled["fid"] == values["fid"]


def test_samples_of_the_same_distribution_are_no_further_than_chance(space: FeatureSpace, dataset: Dataset) -> None:
    """Although the images lie in the order of what they show: blocks of them in this order would be far away."""
    for part in ("test", "train"):
        values = compare(space, [samples(1000)], dataset, part, 1000, CPU)
        assert abs(values["kid"]) < 3 * values["kid_standard_error"]
    for all_images in (False, True):
        chosen = dataclasses.replace(space, all_images=all_images)
        rows = module._rows(chosen, dataset, "test", 150)
        assert (len(rows), len(set(rows))) == ((2000, 2000) if all_images else (150, 150))
        assert all_images or set(rows) <= set(dataset.split.test)
        assert np.abs(np.corrcoef(rows, np.arange(len(rows)))[0, 1]) < 0.25


def test_a_reference_is_computed_once_a_process(space: FeatureSpace, pixels: Pixels, dataset: Dataset) -> None:
    first = compare(space, [samples(60)], dataset, "test", 100, CPU)
    assert compare(space, [samples(60)], dataset, "test", 100, CPU) == first
    assert pixels.batches == [60, 100, 60]
    compare(space, [samples(60)], dataset, "validation", 100, CPU)
    compare(space, [samples(60)], dataset, "test", 99, CPU)
    compare(space, [samples(60)], dataclasses.replace(dataset, checksum="another"), "test", 100, CPU)
    compare(dataclasses.replace(space, identity="another"), [samples(60)], dataset, "test", 100, CPU)
    assert pixels.batches[3:] == [60, 90, 60, 99, 60, 100, 60, 100]  # there are 90 validation images


def test_a_kept_reference_is_computed_once_a_machine(
    space: FeatureSpace, pixels: Pixels, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file for each content; without `kept`, none."""

    def files() -> list[Path]:
        return sorted(tmp_path.glob("*.npz"))

    compare(space, [samples(60)], dataset, "test", 100, CPU)
    assert files() == []
    kept = dataclasses.replace(space, kept=True)
    monkeypatch.setattr(module, "_references", {})
    first = compare(kept, [samples(60)], dataset, "test", 100, CPU)
    (file,) = files()
    assert file.name.startswith("fid-")

    monkeypatch.setattr(module, "_references", {})
    pixels.batches.clear()
    assert compare(kept, [samples(60)], dataset, "test", 100, CPU) == first
    assert pixels.batches == [60]
    assert files() == [file]

    for other, part, n in (
        (dataset, "validation", 100),
        (dataset, "test", 99),
        (dataclasses.replace(dataset, checksum="another"), "test", 100),
    ):
        before = len(files())
        compare(kept, [samples(60)], other, part, n, CPU)  # type: ignore[arg-type]
        assert len(files()) == before + 1

    pixels.batches.clear()
    monkeypatch.setattr(module, "_references", {})
    monkeypatch.setattr(module, "REFERENCE_VERSION", "of tomorrow")
    compare(kept, [samples(60)], dataset, "test", 100, CPU)
    assert pixels.batches == [60, 100]


def test_what_the_records_say(space: FeatureSpace, dataset: Dataset) -> None:
    assert setup(space, dataset, "test", 100) == "100 samples against 100 test images, two pixels abcdefgh"
    assert setup(space, dataset, "validation", 100) == "100 samples against 90 validation images, two pixels abcdefgh"
    everything = dataclasses.replace(space, all_images=True)
    assert setup(everything, dataset, "test", 100) == "100 samples against all 2000 images, two pixels abcdefgh"
    wide = dataclasses.replace(space, width=90)
    assert setup(wide, dataset, "test", 91).endswith("two pixels abcdefgh")
    assert setup(wide, dataset, "test", 90).endswith("two pixels abcdefgh; too few for 90 dimensions")
    assert setup(wide, dataset, "validation", 500).endswith("; too few for 90 dimensions")


def test_too_few_are_warned_of_once(space: FeatureSpace, dataset: Dataset, caplog: pytest.LogCaptureFixture) -> None:
    wide = dataclasses.replace(space, width=90)
    with caplog.at_level(logging.WARNING):
        compare(wide, [samples(91)], dataset, "test", 91, CPU)
        assert caplog.messages == []
        for seed in (1, 2):
            compare(wide, [samples(60, seed)], dataset, "test", 100, CPU)
    assert caplog.messages == ["fid of 60 samples and 100 images: too few for 90 dimensions"]


def test_too_few_for_any_distance(space: FeatureSpace, dataset: Dataset) -> None:
    with pytest.raises(ValueError, match="at least 2 rows for each of 10 blocks; received 19 and 100"):
        compare(space, [samples(19)], dataset, "test", 100, CPU)


def test_what_a_dataset_is_compared_on() -> None:
    """Widths are those of the features; a CPU computes the FID only where the environment asks for it."""
    squares = np.zeros((100, 32 * 32), np.float32)
    squares[:, :36] = np.linspace(0, 1, 100)[:, None]
    fading = Dataset("fading_squares", Images(squares, "float32", (1, 32, 32)), split(100), "made", "0123456789")
    sprites = Dataset(
        "dsprites", Images(np.zeros((100, 64 * 64), np.float32), "float32", (1, 64, 64)), split(100), "made", "1"
    )
    faces = [
        Dataset(name, Images(np.zeros((100, 3 * side**2), np.uint8), "uint8", (3, side, side)), split(100), "made", "2")
        for name, side in (("faces-8", 32), ("faces-2-64", 64))
    ]
    lines = {}
    for dataset in (fading, sprites, *faces):
        shape = dataset.images.shape
        (space,) = spaces(dataclasses.replace(dataset, offers=DATASETS[dataset.name].offers))
        assert space.features(torch.rand(3, *shape)).shape == (3, space.width)
        assert {space.frechet, space.kernel, f"{space.kernel}_standard_error"} <= set(METRICS)
        lines[f"{dataset.name}: {space.frechet}"] = setup(space, dataset, "test", 2000)
    regressor = (
        f"2000 samples against 10 test images, factor regressor {factor_regressor.WEIGHTS_SHA256[:8]}; "
        "too few for 64 dimensions"
    )
    assert lines == {
        "faces-8: frechet_factors": regressor,
        "faces-2-64: frechet_factors": regressor,
        "fading_squares: frechet_pca": "2000 samples against all 100 images, principal components 01234567",
        "dsprites: frechet_factors": "2000 samples against 10 test images, factor classifier "
        f"{factor_classifier.WEIGHTS_SHA256[:8]}; too few for 64 dimensions",
    }


def spaces(dataset: Dataset) -> Iterator[FeatureSpace]:
    return feature_spaces(dataset, CPU)
