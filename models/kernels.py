"""Kernels of squared distances, summed over a ladder of widths C, with the derivatives of the sums.

Ten kernels of one matrix of distances are computed as one kernel with ten widths. Only their sum is needed, and its
derivative is computed with it, so that no intermediate values have to be kept for the gradient.
"""

from collections.abc import Callable

import torch
from torch import Tensor

LADDER = (0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0)
"""The authors' ten length scales, in units of latent_dim: near and far codes both feel the prior."""

Kernel = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""Squared distances (m,) and widths (k,) in; Σ_k of the kernel's values, and of its derivatives, (m,) each out."""


def imq(squared_distances: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
    """Inverse multiquadratic kernel, C / (C + ||x - y||²); derivative -C / (C + ||x - y||²)²."""
    reciprocals = (squared_distances + widths.unsqueeze(1)).reciprocal_()
    return widths @ reciprocals, -(widths @ reciprocals.square_())


def rbf(squared_distances: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
    """Gaussian kernel, exp(-||x - y||² / C); derivative -exp(-||x - y||² / C) / C."""
    values = (squared_distances / -widths.unsqueeze(1)).exp_()
    return values.sum(dim=0), -(widths.reciprocal() @ values)


KERNELS: dict[str, Kernel] = {"imq": imq, "rbf": rbf}
"""The kernels by the names that settings have for them."""


def kernel_widths(latent_dim: int, bandwidth: float = 1.0) -> Tensor:
    """The ladder of C for codes of this dimension, float64 (10,); `bandwidth` 1 is the paper's."""
    return bandwidth * latent_dim * torch.tensor(LADDER, dtype=torch.float64)
