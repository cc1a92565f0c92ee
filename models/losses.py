"""Losses: a model and a batch in, the loss and its named terms out.

All are Σ_pixels Bernoulli cross-entropy plus what keeps the codes near the prior; every term is a mean over the batch.
Terms are reported as they are before their weights, so that they can be compared between weights; `loss` is the
weighted total.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import softplus

from study.models.adversary import Adversary
from study.models.autoencoder import AutoEncoder
from study.models.divergences import gaussian_kl, mmd
from study.models.kernels import KERNELS, Kernel, imq, kernel_widths

ADVERSARY_BETAS = (0.5, 0.999)
"""Betas of the adversary's Adam, as in the public code of Tolstikhin et al. 2018: less momentum."""


@dataclass(frozen=True)
class Rival:
    """The training of a loss's own parameters: to lower the term `loss`, by Adam, in the steps of the model."""

    loss: str
    learning_rate: float
    betas: tuple[float, float]


class Loss(nn.Module, ABC):
    """Abstract: `forward` gives scalar terms by name; the model is trained to lower `loss`.

    A loss that owns parameters says in `rival` how they are trained. Its two losses share no gradient: `loss`
    depends on the model's parameters alone and the rival's on its own alone, so that one backward pass through their
    sum, and one optimiser over both, is a step of each.
    """

    rival: Rival | None = None

    def __init__(self, *made_with: Any):
        """A class without settings needs no constructor of its own: what it is made with is then not used."""
        super().__init__()

    @abstractmethod
    def forward(self, model: AutoEncoder, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        """`images` (n, C, H, W) in [0, 1]; `generator` lives where they live and makes all noise."""


@final
class VAE(Loss):
    """reconstruction + beta · KL(Q(Z|X) || P(Z)), for a Gaussian encoder and the standard Gaussian prior.

    beta = 1 is the VAE (Kingma and Welling 2014), otherwise the beta-VAE (Higgins et al. 2017, eq. 4).
    """

    def __init__(self, beta: float = 1.0):
        super().__init__()
        self.beta = beta

    @classmethod
    def of(cls, settings: Mapping[str, Any], generator: torch.Generator) -> "VAE":
        """The loss with these settings of a trial; `generator`, on the CPU, starts its own weights."""
        return cls(beta=settings.get("beta", 1.0))

    def forward(self, model: AutoEncoder, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        code = model.encode(images)
        assert code.log_spread is not None
        logits = model.decode(model.sample_code(code, generator))
        reconstruction = bernoulli_nll(logits, images).mean()
        kl = gaussian_kl(code.mean, code.log_spread).mean()
        return {"loss": reconstruction + self.beta * kl, "reconstruction": reconstruction, "kl": kl}


@final
class WAE(Loss):
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

    @classmethod
    def of(cls, settings: Mapping[str, Any], generator: torch.Generator) -> "WAE":
        """The loss with these settings of a trial; `generator`, on the CPU, starts its own weights."""
        return cls(
            lambda_mmd=settings["lambda_mmd"],
            widths=kernel_widths(settings["latent_dim"], settings["kernel_bandwidth"]),
            kernel=KERNELS[settings["kernel"]],
            lambda_1=settings.get("lambda_1", 0.0),
            lambda_2=settings.get("lambda_2", 0.0),
        )

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


@final
class WAEGAN(Loss):
    """reconstruction + lambda_gan · gan, against an adversary D that tells codes z from draws p of the prior, with

        gan       = -mean log σ(D(z)),                            which trains the auto-encoder,
        adversary = -mean log σ(D(p)) - mean log(1 - σ(D(z))),    which trains D: 2 log 2 where it cannot tell.

    Algorithm 1 of Tolstikhin et al. 2018 with the encoder's term that does not saturate: one step of D for each of the
    auto-encoder's, on the same batch. The encoder is deterministic, or any other without a penalty.
    """

    def __init__(self, adversary: Adversary, lambda_gan: float, learning_rate: float):
        super().__init__()
        self.adversary = adversary
        self.lambda_gan = lambda_gan
        self.rival = Rival("adversary", learning_rate, ADVERSARY_BETAS)

    @classmethod
    def of(cls, settings: Mapping[str, Any], generator: torch.Generator) -> "WAEGAN":
        """The loss with these settings of a trial; `generator`, on the CPU, starts its own weights."""
        return cls(
            Adversary(settings["latent_dim"], settings["adversary_width"], generator),
            lambda_gan=settings["lambda_gan"],
            learning_rate=settings["adversary_learning_rate"],
        )

    def forward(self, model: AutoEncoder, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        z = model.sample_code(model.encode(images), generator)
        reconstruction = bernoulli_nll(model.decode(z), images).mean()
        prior_samples = model.sample_prior(len(z), generator)
        as_it_stands = {name: weights.detach() for name, weights in self.adversary.named_parameters()}
        gan = softplus(-functional_call(self.adversary, as_it_stands, (z,))).mean()
        logits = self.adversary(torch.cat([prior_samples, z.detach()]))
        on_prior, on_codes = logits.split(len(z))
        adversary = softplus(-on_prior).mean() + softplus(on_codes).mean()
        loss = reconstruction + self.lambda_gan * gan
        return {"loss": loss, "reconstruction": reconstruction, "gan": gan, "adversary": adversary}


def bernoulli_nll(logits: Tensor, images: Tensor) -> Tensor:
    """Bernoulli cross-entropy in nats, summed over channels and pixels: (n, C, H, W), (n, C, H, W) -> (n,).

    Pixel values between 0 and 1 count as probabilities, so that the least value is their entropy, not 0.
    """
    loss = nn.functional.binary_cross_entropy_with_logits(logits.float(), images, reduction="none")
    return loss.flatten(start_dim=1).sum(dim=1)
