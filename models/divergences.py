"""How far codes are from the prior: the KL divergence of a Gaussian encoder, and the MMD of a batch of codes.

Pure functions of codes, in the precision of the codes (float32 in training) whatever autocast says.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from study.models.kernels import Kernel, imq

AT_ONCE = 2**17
"""Distances whose kernels are computed together: with ten widths they fill 5 MB, which a processor's cache holds."""


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, diag exp(log_variance)) || N(0, I)) in nats, per image: (n, d), (n, d) -> (n,).

    Kingma and Welling 2014, appendix B.
    """
    return 0.5 * (log_variance.exp() - 1 - log_variance + mean.square()).sum(dim=1)


def mmd(codes: Tensor, prior_samples: Tensor, widths: Tensor, kernel: Kernel = imq) -> Tensor:
    """Squared maximum mean discrepancy of two samples of the same size, summed over kernels of all `widths`: a scalar.

    `codes` and `prior_samples` are (n, d), n at least 2, `widths` (k,); gradients flow to both samples. The U-statistic
    of Gretton et al. 2012 (Lemma 6, for samples of equal size), as in the authors' code:

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
        sums = _OffDiagonalSums.apply(squared_distances(left, right), widths.to(codes), kernel)
        within_codes, within_prior, across = sums
        return (within_codes + within_prior - 2 * across) / (n * (n - 1))


def squared_distances(x: Tensor, y: Tensor) -> Tensor:
    """||x_i - y_j||² for each pair of rows, give or take rounding: (b, n, d), (b, m, d) -> (b, n, m).

    By the matrix product, which needs no n × m × d differences. Both are first shifted to the centre of y, or the
    squares of a far-off pair of samples would drown their distances in rounding errors. Distances of near-by rows can
    still come out a rounding error below 0.
    """
    centre = y.detach().mean(dim=-2, keepdim=True)
    x, y = x - centre, y - centre
    squares = x.square().sum(dim=-1).unsqueeze(-1) + y.square().sum(dim=-1).unsqueeze(-2)
    return torch.baddbmm(squares, x, y.transpose(-1, -2), alpha=-2)


class _OffDiagonalSums(torch.autograd.Function):
    """Σ_{i≠j} of a kernel over each matrix of squared distances: (b, n, n) -> (b,).

    For the gradient it keeps one matrix of derivatives for each matrix of distances, however many widths there are.
    """

    @staticmethod
    def forward(ctx: Any, distances: Tensor, widths: Tensor, kernel: Kernel) -> Tensor:
        values, derivatives = torch.empty_like(distances), torch.empty_like(distances)
        parts = zip(*(each.view(-1).split(AT_ONCE) for each in (distances, values, derivatives)), strict=True)
        for part, value, derivative in parts:
            sums = kernel(part.clamp(min=0), widths)
            value.copy_(sums[0])
            derivative.copy_(sums[1])
        for each in (values, derivatives):
            each.diagonal(dim1=-2, dim2=-1).zero_()
        ctx.save_for_backward(derivatives)
        return values.sum(dim=(-2, -1))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (derivatives,) = ctx.saved_tensors
        return gradient[:, None, None] * derivatives, None, None
