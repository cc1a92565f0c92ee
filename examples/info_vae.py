"""InfoVAE (Zhao et al. 2017, https://arxiv.org/abs/1706.02262): a VAE that also matches all its codes to the prior."""

from collections.abc import Mapping
from typing import Any, final

import torch
from torch import Tensor

from study.models import KERNELS, AutoEncoder, Kernel, Loss, bernoulli_nll, gaussian_kl, kernel_widths, mmd
from study.plugins import Family, Setting


@final
class InfoVAE(Loss):
    """reconstruction + (1 - α) · KL(Q(Z|X) || P(Z)) + (α + λ - 1) · MMD(Q_Z, P_Z): equation 6,

    for a Gaussian encoder and the standard Gaussian prior. α = 0 and λ = 1 is the VAE, α = 1 the WAE.
    """

    def __init__(self, alpha: float, matching: float, widths: Tensor, kernel: Kernel):
        super().__init__()
        self.of_kl = 1 - alpha
        self.of_mmd = alpha + matching - 1
        self.widths: Tensor
        self.register_buffer("widths", widths.float(), persistent=False)
        self.kernel = kernel

    @classmethod
    def of(cls, settings: Mapping[str, Any], generator: torch.Generator) -> "InfoVAE":
        return cls(
            alpha=settings["alpha"],
            matching=settings["matching"],
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
        loss = terms["reconstruction"] + self.of_kl * terms["kl"] + self.of_mmd * terms["mmd"]
        return {"loss": loss, **terms}


SETTINGS = {
    "tanh_mean": Setting(bool, False),
    "alpha": Setting(float, 0.0, low=0, high=1),
    "matching": Setting(float, 500.0, low=1, log=True),
    "kernel": Setting(str, "imq", choices=("imq", "rbf")),
    "kernel_bandwidth": Setting(float, 1.0, above=0),
}
FAMILIES = {"info-vae": Family("study.models:Gaussian.of", InfoVAE.of, SETTINGS)}
