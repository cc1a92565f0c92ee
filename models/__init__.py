"""Wasserstein and variational auto-encoders in PyTorch: the whole public list."""

from study.models.adversary import Adversary
from study.models.autoencoder import AutoEncoder, evaluating
from study.models.divergences import gaussian_kl, mmd
from study.models.encoders import Code, Deterministic, Encoder, Gaussian, UniformBox
from study.models.kernels import KERNELS, Kernel, imq, kernel_widths, rbf
from study.models.losses import VAE, WAE, WAEGAN, Loss, bernoulli_nll
from study.models.networks import DCGAN, FullyConnected, Network, SmallConvolutional
from study.models.priors import Prior, StandardGaussian, UniformCube

PRIORS: dict[str, type[Prior]] = {"gaussian": StandardGaussian, "uniform": UniformCube}

__all__ = [
    "DCGAN",
    "KERNELS",
    "PRIORS",
    "VAE",
    "WAE",
    "WAEGAN",
    "Adversary",
    "AutoEncoder",
    "Code",
    "Deterministic",
    "Encoder",
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
