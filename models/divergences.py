"""How far codes are from the prior: the KL divergence of a Gaussian encoder, and the MMD of a batch of codes.

Pure functions of codes, in the precision of the codes (float32 in training) whatever autocast says.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

LADDER = (0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0)
"""The authors' ten length scales, in units of latent_dim: near and far codes both feel the prior."""

Kernel = Callable[[Tensor, float], Tensor]
"""Squared distances and a width C in, kernel values in [0, 1] out."""


def imq(squared_distances: Tensor, width: float) -> Tensor:
    """Inverse multiquadratic kernel, C / (C + ||x - y||²)."""
    return (squared_distances / width + 1).reciprocal()


def rbf(squared_distances: Tensor, width: float) -> Tensor:
    """Gaussian kernel, exp(-||x - y||² / C)."""
    return torch.exp(squared_distances / -width)


def kernel_widths(latent_dim: int, bandwidth: float = 1.0) -> tuple[float, ...]:
    """The ladder of C for codes of this dimension; `bandwidth` 1 is the paper's."""
    return tuple(bandwidth * scale * latent_dim for scale in LADDER)


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, diag exp(log_variance)) || N(0, I)) in nats, per image: (n, d), (n, d) -> (n,).

    Kingma and Welling 2014, appendix B.
    """
    return 0.5 * (log_variance.exp() - 1 - log_variance + mean.square()).sum(dim=1)


def mmd(codes: Tensor, prior_samples: Tensor, widths: Sequence[float], kernel: Kernel = imq) -> Tensor:
    """Squared maximum mean discrepancy of two samples of the same size, summed over kernels of all `widths`: a scalar.

    `codes` and `prior_samples` are (n, d), n at least 2; gradients flow to both. The U-statistic of Gretton et al. 2012
    (Lemma 6, for samples of equal size), as in the authors' code:

        1 / (n (n - 1)) Σ_{i≠j} k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) - k(x_j, y_i),

    without the terms i = j in the cross term too. It is unbiased, so it can be negative.
    """
    n = len(codes)
    if n < 2 or codes.shape != prior_samples.shape:
        raise ValueError(
            f"mmd compares two samples of one shape (n, d), n at least 2; "
            f"received {tuple(codes.shape)} and {tuple(prior_samples.shape)}"
        )
    with torch.autocast(codes.device.type, enabled=False):
        # Codes with codes, prior with prior, codes with prior: three n × n matrices in one (3, n, n).
        left = torch.stack([codes, prior_samples, codes])
        right = torch.stack([codes, prior_samples, prior_samples])
        distances = squared_distances(left, right)
        values = kernel(distances, widths[0])
        for width in widths[1:]:
            values = values + kernel(distances, width)
        within_codes, within_prior, across = values
        h = within_codes + within_prior - across - across.T
        return (h.sum() - h.trace()) / (n * (n - 1))


def squared_distances(x: Tensor, y: Tensor) -> Tensor:
    """||x_i - y_j||² for each pair of rows: (…, n, d), (…, m, d) -> (…, n, m), never negative.

    By the matrix product, which needs no n × m × d differences. Both are first shifted to the centre of y, or the
    squares of a far-off pair of samples would drown their distances in rounding errors.
    """
    centre = y.detach().mean(dim=-2, keepdim=True)
    x, y = x - centre, y - centre
    squares = x.square().sum(dim=-1).unsqueeze(-1) + y.square().sum(dim=-1).unsqueeze(-2)
    return (squares - 2 * x @ y.transpose(-1, -2)).clamp(min=0)
