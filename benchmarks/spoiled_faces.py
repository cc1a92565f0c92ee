"""`python -m benchmarks.spoiled_faces`: do distances on the regressor's features grow with what is wrong with faces?

2,500 test images of `faces-8` (or `--dataset`), the reference, against the 2,500 others, spoilt in four ways, ever more
so: blur, noise, a shift to the right, missing backgrounds. Prints the distances as a table. Then how far real images
are from other real ones, by their number. A few seconds of a core.
"""

import argparse
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor

from benchmarks.spoiled_images import Spoil, Spoilt, blurred, noisy
from study.data import DATASETS, faces, load
from study.data.dataset import Dataset
from study.data.faces import FACTORS
from study.features import factor_regressor
from study.features.network import NETWORK_BATCH
from study.metrics.frechet import accumulate, frechet_distance
from study.metrics.kernel_distance import Estimate, kernel_distance, root_mean_square

N = 2500
"""Images on either side."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.spoiled_faces", description="Distances of spoilt faces.")
    names = [name for name in DATASETS if name.startswith("faces-")]
    parser.add_argument("--dataset", choices=names, default="faces-8")
    dataset = load(parser.parse_args().dataset)

    print("| Fault | Strength | `frechet_factors` | `kernel_factors` | ± standard error |\n|---|---|--:|--:|--:|")
    for each in spoilt(dataset):
        kernel = f"{each.kernel.value:.4f} | {each.kernel.standard_error:.4f}"
        print(f"| {each.fault} | {each.strength} | {each.frechet:.3f} | {kernel} |")
    print("\n| Images | `frechet_factors` | `kernel_factors` | ± standard error |\n|--:|--:|--:|--:|")
    for n, distance, estimate in by_chance(dataset):
        print(f"| {n} | {distance:.3f} | {estimate.value:.4f} | {estimate.standard_error:.4f} |")


def spoilt(dataset: Dataset, n: int = N) -> Iterator[Spoilt]:
    """Every fault from none to its worst, of `n` test images."""
    rows = np.random.default_rng(0).permutation(dataset.split.test)
    reference = features(dataset, rows[:n])
    statistics, unit = accumulate([reference]), root_mean_square(reference)
    others = rows[n : 2 * n]
    background = faces.factor_values(len(FACTORS))[others, FACTORS.index("background")]

    def compared(fault: str, strength: str, rows: np.ndarray, spoil: Spoil | None = None) -> Spoilt:
        found = features(dataset, rows, spoil)
        distance = frechet_distance(accumulate([found]), statistics)
        return Spoilt(fault, strength, distance, kernel_distance(found, reference, unit=unit))

    yield compared("blur", "0", others)
    for sigma in (0.5, 1, 2):
        yield compared("blur", f"{sigma}", others, partial(blurred, sigma=sigma))
    yield compared("noise", "0", others)
    for deviation in (0.02, 0.05, 0.1):
        generator = torch.Generator().manual_seed(0)
        yield compared("noise", f"{deviation}", others, partial(noisy, sigma=deviation, generator=generator))
    yield compared("shift", "0", others)
    for pixels in (1, 2, 4):
        yield compared("shift", f"{pixels}", others, partial(shifted, pixels=pixels))
    for kept, missing in ((1.0, "0"), (0.75, "1/4"), (0.5, "1/2"), (0.25, "3/4")):
        yield compared("missing backgrounds", missing, others[background <= kept])


def by_chance(dataset: Dataset) -> Iterator[tuple[int, float, Estimate]]:
    """Distances of n test images from n others, the last time of twice as many training images."""
    test = features(dataset, np.random.default_rng(1).permutation(dataset.split.test))
    train = features(dataset, np.random.default_rng(1).permutation(dataset.split.train)[:10_000])
    for n, a, b in ((1000, test[:1000], test[1000:2000]), (2500, test[:2500], test[2500:]), (5000, test, train)):
        kernel = kernel_distance(a, b, unit=root_mean_square(b))
        yield n, frechet_distance(accumulate([a]), accumulate([b])), kernel


def shifted(images: Tensor, pixels: int) -> Tensor:
    """To the right; the left column is repeated."""
    return torch.cat([images[..., :1].expand(*images.shape[:-1], pixels), images[..., :-pixels]], dim=-1)


def features(dataset: Dataset, rows: np.ndarray, spoil: Spoil | None = None) -> np.ndarray:
    regressor = factor_regressor.load_regressor()
    batches = dataset.images.batches(rows, NETWORK_BATCH)
    return np.concatenate([regressor.features(images if spoil is None else spoil(images)) for images in batches])


if __name__ == "__main__":
    main()
