"""Wasserstein and variational auto-encoders in PyTorch: the whole public list, and what each name stands for."""

from collections.abc import Callable
from typing import NamedTuple

import torch

from study.models.adversary import Adversary
from study.models.autoencoder import AutoEncoder, evaluating
from study.models.divergences import gaussian_kl, mmd
from study.models.encoders import Code, Deterministic, Encoder, Gaussian, UniformBox
from study.models.kernels import KERNELS, Kernel, imq, kernel_widths, rbf
from study.models.losses import VAE, WAE, WAEGAN, Loss, bernoulli_nll
from study.models.networks import DCGAN, FullyConnected, Network, SmallConvolutional
from study.models.priors import Prior, StandardGaussian, UniformCube


class Family(NamedTuple):
    """The parts of a family of models."""

    encoder: Callable[[int, int, bool, torch.Generator], Encoder]
    """The class, called with the number of features, latent_dim, tanh_mean, and what draws its first weights."""

    loss: type[Loss]


FAMILIES: dict[str, Family] = {
    "vae": Family(Gaussian, VAE),
    "beta-vae": Family(Gaussian, VAE),
    "wae-deterministic": Family(Deterministic, WAE),
    "wae-gaussian": Family(Gaussian, WAE),
    "wae-uniform": Family(UniformBox, WAE),
    "wae-gan": Family(Deterministic, WAEGAN),
}
NETWORKS: dict[str, type[FullyConnected | DCGAN | SmallConvolutional]] = {
    "fully-connected": FullyConnected,
    "dcgan": DCGAN,
    "small-convolutional": SmallConvolutional,
}
PRIORS: dict[str, type[Prior]] = {"gaussian": StandardGaussian, "uniform": UniformCube}

__all__ = [
    "DCGAN",
    "FAMILIES",
    "KERNELS",
    "NETWORKS",
    "PRIORS",
    "VAE",
    "WAE",
    "WAEGAN",
    "Adversary",
    "AutoEncoder",
    "Code",
    "Deterministic",
    "Encoder",
    "Family",
    "FullyConnected",
    "Gaussian",
    "Kernel",
    "Loss",
    "Network",
    "Prior",
    "SmallConvolutional",
    "StandardGaussian",
    "UniformBox",
    "UniformCube",
    "bernoulli_nll",
    "evaluating",
    "gaussian_kl",
    "imq",
    "kernel_widths",
    "mmd",
    "rbf",
]
