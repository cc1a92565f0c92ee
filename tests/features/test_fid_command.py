"""From PNG files to the FID, ours against the `pytorch_fid` command, which is given the same files and weights."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from study.features import inception
from study.metrics.frechet import FittedGaussian, accumulate, frechet_distance

N = 12
"""Images of a set: a core makes features of six in a second."""

COMMAND = """
from study.features.inception import import_torchvision
import_torchvision()  # beside some torch builds, the command could not import it by itself
import runpy
runpy.run_module("pytorch_fid", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module", params=["random", "true"])
def weights(request: pytest.FixtureRequest, random_inception: tuple[Path, nn.Module]) -> Path:
    if request.param == "random":
        return random_inception[0]
    found = inception.available()
    if found is None:
        pytest.skip("the true weights are not on this machine")
    return found


def pictures(seed: int, channels: int) -> np.ndarray:
    """Discs of all colours, sizes and places on noise: (N, 64, 64, channels) in bytes. Even seeds are the brighter."""
    rng = np.random.default_rng(seed)
    across = np.arange(64) - rng.uniform(16, 48, size=(2, N, 1))
    discs = across[0][:, :, None] ** 2 + across[1][:, None, :] ** 2 < rng.uniform(5, 20, size=(N, 1, 1)) ** 2
    colours = rng.integers(0, 256, size=(N, 1, 1, channels))
    noise = rng.integers(0, 256 >> seed % 2, size=(N, 64, 64, channels))
    return np.where(discs[..., None], colours, noise).astype(np.uint8)


def write(images: np.ndarray, folder: Path) -> Path:
    folder.mkdir()
    for number, image in enumerate(images):
        Image.fromarray(image.squeeze()).save(folder / f"{number:02}.png")
    return folder


def by_the_command(a: Path, b: Path, weights: Path, home: Path) -> float:
    """The weights lie where it looks before it would download them."""
    cached = home / "hub" / "checkpoints" / inception.CACHED_NAME
    cached.parent.mkdir(parents=True)
    cached.symlink_to(weights.resolve())
    options = ["--dims", "2048", "--batch-size", "6", "--device", "cpu", "--num-workers", "0"]
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, str(a), str(b), *options],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TORCH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout.split("FID:")[1])


def statistics(images: np.ndarray, network: inception.Inception) -> FittedGaussian:
    """Of images that come in two batches."""
    halves = np.split(images, 2)
    return accumulate(network.features(torch.from_numpy(half).permute(0, 3, 1, 2) / 255) for half in halves)


@pytest.mark.slow
@pytest.mark.parametrize("channels", [3, 1])
def test_against_the_command(channels: int, weights: Path, tmp_path: Path) -> None:
    """A distance in which means and covariances both count, and that another set of images changes."""
    images = [pictures(seed, channels) for seed in (0, 1, 3)]
    folders = write(images[0], tmp_path / "a"), write(images[1], tmp_path / "b")
    expected = by_the_command(*folders, weights, tmp_path / "torch")
    network = inception.Inception(weights)
    a, b, c = (statistics(each, network) for each in images)
    received = frechet_distance(a, b)
    assert received == pytest.approx(expected, rel=1e-3)
    assert received > 1
    assert 0.05 < ((a.mean - b.mean) ** 2).sum() / received < 0.95
    assert abs(frechet_distance(a, c) / received - 1) > 0.01
