"""Priors P(Z): what codes are compared with in training, and what is decoded to sample from a model.

Sources: section 2.1 (uniform on a box) and 3.2 (standard Gaussian) of arXiv 1802.03761.
"""

from abc import ABC, abstractmethod
from typing import final

import torch
from torch import Tensor


class Prior(ABC):
    """A distribution over codes of any dimension."""

    @abstractmethod
    def sample(self, n: int, latent_dim: int, generator: torch.Generator, device: torch.device | str) -> Tensor:
        """`n` independent codes: float32 (n, latent_dim). `generator` lives on `device`."""


@final
class StandardGaussian(Prior):
    """N(0, I)."""

    def sample(self, n: int, latent_dim: int, generator: torch.Generator, device: torch.device | str) -> Tensor:
        return torch.randn(n, latent_dim, generator=generator, device=device)


@final
class UniformCube(Prior):
    """Uniform on [-1, 1]^latent_dim."""

    def sample(self, n: int, latent_dim: int, generator: torch.Generator, device: torch.device | str) -> Tensor:
        return torch.rand(n, latent_dim, generator=generator, device=device) * 2 - 1
