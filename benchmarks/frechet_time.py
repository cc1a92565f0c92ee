"""`python -m benchmarks.frechet_time`: the Fréchet distance's tr (AB)^(1/2) in five ways, in seconds of a core.

Variances along the features' main axes fall by a factor of 160,000. The reference is of four times as many samples as
there are dimensions; it is compared with as many samples, and with half as many as there are dimensions. Start it with
OMP_NUM_THREADS=1: processor time is counted, and threads that wait for each other use it up.
"""

import argparse
import time
import warnings
from collections.abc import Callable

import numpy as np
import scipy.linalg

from study.features.inception import import_torchvision
from study.metrics.frechet import FittedGaussian, accumulate, frechet_distance

import_torchvision()
from pytorch_fid.fid_score import calculate_frechet_distance  # noqa: E402  torchvision comes before it


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.frechet_time", description="Time the Fréchet distance.")
    parser.add_argument("--dimensions", type=int, default=2048)
    d = parser.parse_args().dimensions

    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(d, d)) * np.exp(-6 * np.arange(d) / d)

    def drawn(n: int) -> FittedGaussian:
        return accumulate([rng.normal(size=(n, d)) @ mixing.T])

    reference = drawn(4 * d)
    print("| Samples | Way | Seconds of a core | Distance |\n|--:|---|--:|--:|")
    for n in (4 * d, d // 2):
        samples = drawn(n)
        for name, way in WAYS.items():
            started = time.process_time()
            distance = way(samples, reference)
            print(f"| {n} | {name} | {time.process_time() - started:.1f} | {distance:.8f} |", flush=True)


def without_overlap(a: FittedGaussian, b: FittedGaussian) -> float:
    return float(((a.mean - b.mean) ** 2).sum() + np.trace(a.covariance) + np.trace(b.covariance))


def eigenvectors(a: FittedGaussian, b: FittedGaussian) -> float:
    """As here, but with F from eigenvectors."""
    factors = []
    for covariance in (a.covariance, b.covariance):
        values, vectors = scipy.linalg.eigh(covariance)
        kept = values > len(values) * np.finfo(np.float64).eps * values[-1]
        factors.append(vectors[:, kept] * np.sqrt(values[kept]))
    return without_overlap(a, b) - 2 * float(scipy.linalg.svdvals(factors[0].T @ factors[1]).sum())


def symmetric_eigenvalues(a: FittedGaussian, b: FittedGaussian) -> float:
    """Of A^(1/2) B A^(1/2)."""
    values, vectors = scipy.linalg.eigh(a.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    return without_overlap(a, b) - 2 * root_sum(scipy.linalg.eigvalsh(root @ b.covariance @ root))


def plain_eigenvalues(a: FittedGaussian, b: FittedGaussian) -> float:
    """Of AB."""
    return without_overlap(a, b) - 2 * root_sum(scipy.linalg.eigvals(a.covariance @ b.covariance).real)


def root_sum(eigenvalues: np.ndarray) -> float:
    return float(np.sqrt(np.maximum(eigenvalues, 0)).sum())


def pytorch_fid(a: FittedGaussian, b: FittedGaussian) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # scipy.linalg.sqrtm(disp=...)
        return float(calculate_frechet_distance(a.mean, a.covariance, b.mean, b.covariance))


WAYS: dict[str, Callable[[FittedGaussian, FittedGaussian], float]] = {
    "singular values of F'G, pivoted Cholesky (`frechet_distance`)": frechet_distance,
    "singular values of F'G, F and G from eigenvectors": eigenvectors,
    "eigenvalues of A^½ B A^½": symmetric_eigenvalues,
    "eigenvalues of AB": plain_eigenvalues,
    "matrix square root of AB (pytorch-fid)": pytorch_fid,
}

if __name__ == "__main__":
    main()
