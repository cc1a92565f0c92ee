"""Training objectives: a model and a batch in, the loss and its named terms out.

Both are Σ_pixels Bernoulli cross-entropy plus what keeps the codes near the prior; every term is a mean over the batch.
Terms are reported as they are before their weights, so that they can be compared between weights; `loss` is the
weighted total.
"""

from abc import ABC, abstractmethod
from typing import final

import torch
from torch import Tensor, nn

from models.autoencoder import AutoEncoder
from models.divergences import gaussian_kl, mmd
from models.kernels import Kernel, imq


class Objective(nn.Module, ABC):
    """Abstract: `forward` gives scalar terms by name, `loss` among them. An objective may own parameters."""

    @abstractmethod
    def forward(self, model: AutoEncoder, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        """`images` (n, C, H, W) in [0, 1]; `generator` lives where they live and makes all noise."""


@final
class VAE(Objective):
    """reconstruction + beta · KL(Q(Z|X) || P(Z)), for a Gaussian encoder and the standard Gaussian prior.

    beta = 1 is the VAE (Kingma and Welling 2014), otherwise the beta-VAE (Higgins et al. 2017, eq. 4).
    """

    def __init__(self, beta: float = 1.0):
        super().__init__()
        self.beta = beta

    def forward(self, model: AutoEncoder, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        code = model.encode(images)
        assert code.log_spread is not None
        logits = model.decode(model.sample_code(code, generator))
        reconstruction = bernoulli_nll(logits, images).mean()
        kl = gaussian_kl(code.mean, code.log_spread).mean()
        return {"loss": reconstruction + self.beta * kl, "reconstruction": reconstruction, "kl": kl}


@final
class WAE(Objective):
    """reconstruction + lambda_mmd · MMD(Q_Z, P_Z) + lambda_1 · l1 + lambda_2 · l2, with

        l1 = mean_n Σ_i |log_spread_i|,    l2 = mean_n Σ_i log_spread_i²,

    the penalty of eq. 2 of arXiv 1802.03761 (p = 1, 2), which keeps a random encoder from becoming deterministic. It
    acts on the log-variance of a Gaussian encoder and on the log half-side of a uniform box: both vanish where the
    spread is the prior's. A deterministic encoder has neither term. The MMD compares the batch's codes with as many
    fresh draws of the prior (Tolstikhin et al. 2018, Algorithm 2), by a kernel of these `widths` (k,): see
    `kernel_widths`.
    """

    def __init__(
        self,
        lambda_mmd: float,
        widths: Tensor,
        kernel: Kernel = imq,
        lambda_1: float = 0.0,
        lambda_2: float = 0.0,
    ):
        super().__init__()
        self.lambda_mmd = lambda_mmd
        self.widths: Tensor
        self.register_buffer("widths", widths.float(), persistent=False)
        self.kernel = kernel
        self.lambda_1 = lambda_1
        self.lambda_2 = lambda_2

    def forward(self, model: AutoEncoder, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        code = model.encode(images)
        z = model.sample_code(code, generator)
        reconstruction = bernoulli_nll(model.decode(z), images).mean()
        prior_samples = model.sample_prior(len(z), generator)
        discrepancy = mmd(z, prior_samples, self.widths, self.kernel)
        loss = reconstruction + self.lambda_mmd * discrepancy
        terms = {"reconstruction": reconstruction, "mmd": discrepancy}
        if code.log_spread is not None:
            terms["l1"] = code.log_spread.abs().sum(dim=1).mean()
            terms["l2"] = code.log_spread.square().sum(dim=1).mean()
            loss = loss + self.lambda_1 * terms["l1"] + self.lambda_2 * terms["l2"]
        return {"loss": loss, **terms}


def bernoulli_nll(logits: Tensor, images: Tensor) -> Tensor:
    """Bernoulli cross-entropy in nats, summed over channels and pixels: (n, C, H, W), (n, C, H, W) -> (n,).

    Pixel values between 0 and 1 count as probabilities, so that the least value is their entropy, not 0.
    """
    loss = nn.functional.binary_cross_entropy_with_logits(logits.float(), images, reduction="none")
    return loss.flatten(start_dim=1).sum(dim=1)
