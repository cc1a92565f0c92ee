"""`python -m benchmarks.spoiled_images`: do distances on the classifier's features grow with what is wrong with images?

5,000 test images of dSprites, the reference, against 5,000 other test images that are spoilt in four ways, ever
more so: blur, noise, missing shapes, missing positions. Prints the distances as a table and draws them
(`docs/frechet_factors.png`). Then how far real images are from other real ones, by their number. Half a minute of a
core.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

from study.data import load
from study.data.dataset import Dataset
from study.features import factor_classifier
from study.features.network import NETWORK_BATCH
from study.metrics.frechet import accumulate, frechet_distance
from study.metrics.kernel_distance import Estimate, kernel_distance, root_mean_square
from study.report.drawing.matplotlib_settings import own_settings
from study.report.drawing.style import Look, blank, png

Spoil = Callable[[Tensor], Tensor]

N = 5000
"""Images on either side."""

LABELS = {
    "blur": "blur (σ in pixels)",
    "noise": "noise (σ of a pixel)",
    "missing shapes": "missing shapes",
    "missing positions": "missing x positions",
}
"""What the figure calls the faults."""

FIGURE = Path(__file__).parents[1] / "docs" / "frechet_factors.png"


@dataclass(frozen=True)
class Spoilt:
    """Images of one fault and one strength, and how far they are from the reference."""

    fault: str
    strength: str
    frechet: float
    kernel: Estimate


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.spoiled_images", description="Distances of spoilt images.")
    parser.add_argument("--output", type=Path, default=FIGURE, help="the file of the figure")
    arguments = parser.parse_args()

    found = list(spoilt(load("dsprites")))
    print("| Fault | Strength | `frechet_factors` | `kernel_factors` | ± standard error |\n|---|---|--:|--:|--:|")
    for each in found:
        kernel = f"{each.kernel.value:.4f} | {each.kernel.standard_error:.4f}"
        print(f"| {each.fault} | {each.strength} | {each.frechet:.1f} | {kernel} |")
    arguments.output.write_bytes(draw(found))

    print("\n| Images | `frechet_factors` | `kernel_factors` | ± standard error |\n|--:|--:|--:|--:|")
    for n, distance, estimate in by_chance(load("dsprites")):
        print(f"| {n} | {distance:.1f} | {estimate.value:.4f} | {estimate.standard_error:.4f} |")


def by_chance(dataset: Dataset) -> Iterator[tuple[int, float, Estimate]]:
    """Distances of n test images from n others."""
    rows = np.random.default_rng(1).permutation(dataset.split.test)
    features = _features(dataset, rows[:20_000])
    for n in (1000, 2000, 5000, 10_000):
        a, b = features[:n], features[n : 2 * n]
        kernel = kernel_distance(a, b, unit=root_mean_square(b))
        yield n, frechet_distance(accumulate([a]), accumulate([b])), kernel


def spoilt(dataset: Dataset) -> Iterator[Spoilt]:
    """Every fault from none to its worst."""
    assert dataset.factors is not None
    rows = np.random.default_rng(0).permutation(dataset.split.test)
    reference = _features(dataset, rows[:N])
    statistics = accumulate([reference])

    def compared(fault: str, strength: str, rows: np.ndarray, spoil: Spoil | None = None) -> Spoilt:
        features = _features(dataset, rows[:N], spoil)
        distance = frechet_distance(accumulate([features]), statistics)
        return Spoilt(fault, strength, distance, kernel_distance(features, reference, unit=root_mean_square(reference)))

    others = rows[N:]
    yield compared("blur", "0", others)
    for sigma in (1, 2, 4):
        yield compared("blur", f"{sigma}", others, partial(blurred, sigma=sigma))
    yield compared("noise", "0", others)
    for deviation in (0.05, 0.1, 0.2, 0.4):
        generator = torch.Generator().manual_seed(0)
        yield compared("noise", f"{deviation}", others, partial(noisy, sigma=deviation, generator=generator))
    values = dict(zip(dataset.factors.names, dataset.factors.values(others).T, strict=True))
    for kept, missing in ((3, "none"), (2, "hearts"), (1, "hearts, ellipses")):
        yield compared("missing shapes", missing, others[values["shape"] < kept])
    for kept, missing in ((32, "0"), (24, "1/4"), (16, "1/2"), (8, "3/4")):
        yield compared("missing positions", missing, others[values["pos_x"] < kept])


def blurred(images: Tensor, sigma: float) -> Tensor:
    """By a Gaussian of this standard deviation in pixels; beyond the edges images go on as they are there."""
    offsets = torch.arange(-10, 11)
    kernel = torch.exp(-((offsets / sigma) ** 2) / 2)
    kernel = kernel / kernel.sum()
    planes = pad(images, (10, 10, 10, 10), mode="replicate").flatten(0, 1).unsqueeze(1)  # every channel by itself
    return conv2d(conv2d(planes, kernel.view(1, 1, -1, 1)), kernel.view(1, 1, 1, -1)).view(images.shape)


def noisy(images: Tensor, sigma: float, generator: torch.Generator) -> Tensor:
    """Normal noise of this standard deviation, cut where values would leave [0, 1]."""
    return (images + sigma * torch.randn(images.shape, generator=generator)).clamp(0, 1)


def _features(dataset: Dataset, rows: np.ndarray, spoil: Spoil | None = None) -> np.ndarray:
    classifier = factor_classifier.load_classifier()
    batches = dataset.images.batches(rows, NETWORK_BATCH)
    return np.concatenate([classifier.features(images if spoil is None else spoil(images)) for images in batches])


@own_settings()
def draw(found: list[Spoilt]) -> bytes:
    """A column of panels for each fault; bars are two standard errors either way, where there are such."""
    look = Look()
    figure = blank(look, 9.6, 5.2, layout="constrained")
    axes = figure.subplots(2, len(LABELS), sharex="col")
    for (upper, lower), (fault, label) in zip(axes.T, LABELS.items(), strict=True):
        points = [each for each in found if each.fault == fault]
        strengths = range(len(points))
        upper.plot(strengths, [each.frechet for each in points], "o-", color=look.colour("wae-gaussian"))
        lower.errorbar(
            strengths,
            [each.kernel.value for each in points],
            [2 * each.kernel.standard_error for each in points],
            fmt="s-",
            capsize=3,
            color=look.colour("beta-vae"),
        )
        upper.set_title(label, fontsize=10, color=look.ink)
        for ax in (upper, lower):
            ax.set_xticks(strengths, [each.strength.replace(", ", ",\n") for each in points])
            ax.set_xlim(-0.3, len(points) - 0.7)
            ax.grid(color=look.grid)
            ax.set_axisbelow(True)
            ax.tick_params(colors=look.faint, labelsize=9, length=0)
            for spine in ax.spines.values():
                spine.set_color(look.grid)
    axes[0, 0].set_ylabel("frechet_factors")
    axes[1, 0].set_ylabel("kernel_factors")
    return png(figure)


if __name__ == "__main__":
    main()
