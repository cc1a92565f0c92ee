"""Features for simple images that need no trained network: principal components of the pixels.

k scores on the leading components of a reference set, and the length of what they leave of an image. k is the least
that explains all but a millionth of the reference's variance, at most 64: 1 for fading squares, whose images lie on a
line. Generated images do not, so the length of the remainder has to count, and it counts fully: where the components
explain the whole reference, the Fréchet distance of these k + 1 features is that of the pixels themselves, up to a part
in n that comes from covariances being divided by n - 1. (The reference has no variance outside the components, and
there the distance is the mean squared remainder.)
"""

from dataclasses import dataclass

import numpy as np

from study.metrics.checks import check_matrix

MAX_COMPONENTS = 64
UNEXPLAINED = 1e-6


@dataclass(frozen=True)
class PrincipalComponents:
    """The reference's mean (pixels,) and leading directions (pixels, k), orthonormal."""

    mean: np.ndarray
    directions: np.ndarray

    @classmethod
    def of(cls, pixels: np.ndarray) -> "PrincipalComponents":
        """From flattened images (n, pixels). `ValueError` if there are fewer than two, or all are the same."""
        check_matrix("pixels", pixels)
        mean = pixels.mean(axis=0, dtype=np.float64)
        _, lengths, directions = np.linalg.svd(pixels - mean, full_matrices=False)
        explained = np.cumsum(lengths**2)
        if explained[-1] <= 1e-12 * pixels.size:
            raise ValueError(f"pixels: images that differ are needed; received {len(pixels)} without any variance")
        k = min(MAX_COMPONENTS, 1 + int(np.searchsorted(explained, (1 - UNEXPLAINED) * explained[-1])))
        return cls(mean, directions[:k].T)

    @property
    def width(self) -> int:
        """Of the features: k + 1."""
        return self.directions.shape[1] + 1

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Of flattened images (n, pixels): float64 (n, k + 1)."""
        check_matrix("pixels", pixels)
        centred = pixels - self.mean
        scores = centred @ self.directions
        remainder = np.linalg.norm(centred - scores @ self.directions.T, axis=1)
        return np.column_stack([scores, remainder])
