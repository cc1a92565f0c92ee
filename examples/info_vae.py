"""InfoVAE (Zhao et al. 2017, https://arxiv.org/abs/1706.02262): a VAE that also matches all its codes to the prior."""

from collections.abc import Mapping
from typing import Any, final

import torch
from torch import Tensor

from study.models.autoencoder import AutoEncoder
from study.models.divergences import gaussian_kl, mmd
from study.models.kernels import KERNELS, Kernel, kernel_widths
from study.models.losses import Loss, bernoulli_nll


@final
class InfoVAE(Loss):
    """reconstruction + beta · KL(Q(Z|X) || P(Z)) + lambda_mmd · MMD(Q_Z, P_Z): equation 6, with

        beta = 1 - α,    lambda_mmd = α + λ - 1,

    for a Gaussian encoder and the standard Gaussian prior. lambda_mmd = 0 is the beta-VAE, beta = 0 the WAE.
    """

    def __init__(self, beta: float, lambda_mmd: float, widths: Tensor, kernel: Kernel):
        super().__init__()
        self.beta = beta
        self.lambda_mmd = lambda_mmd
        self.widths: Tensor
        self.register_buffer("widths", widths.float(), persistent=False)
        self.kernel = kernel

    @classmethod
    def of(cls, settings: Mapping[str, Any], generator: torch.Generator) -> "InfoVAE":
        return cls(
            beta=settings["beta"],
            lambda_mmd=settings["lambda_mmd"],
            widths=kernel_widths(settings["latent_dim"], settings["kernel_bandwidth"]),
            kernel=KERNELS[settings["kernel"]],
        )

    def forward(self, model: AutoEncoder, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        code = model.encode(images)
        assert code.log_spread is not None
        z = model.sample_code(code, generator)
        terms = {
            "reconstruction": bernoulli_nll(model.decode(z), images).mean(),
            "kl": gaussian_kl(code.mean, code.log_spread).mean(),
            "mmd": mmd(z, model.sample_prior(len(z), generator), self.widths, self.kernel),
        }
        loss = terms["reconstruction"] + self.beta * terms["kl"] + self.lambda_mmd * terms["mmd"]
        return {"loss": loss, **terms}
