"""Encoders Q(Z|X): linear heads on the features of a trunk, and how a code is drawn from what they say.

A deterministic encoder is a point; a random one has a spread per dimension, which its second head gives on a
logarithmic scale: log-variance for the Gaussian, log half-side for the uniform box. The box is centred at the mean with
half-sides exp(head), so that head = 0 at mean 0 is exactly the prior on [-1, 1]^d: this is what the data of the paper's
Figure 1 show. (The authors' public code has the corner form, whose "mean" is the lower corner of the box.)

Heads and sampling are in float32 even under autocast: half-sides on fading squares are 0.001, beyond bfloat16.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, final

import torch
from torch import Tensor, nn

from study.models.networks import float32_linear, linear

LOG_SPREAD_RANGE = (-20.0, 5.0)
"""The authors' clip of the log-spread, applied before sampling, penalty and KL: the gradient is zero outside."""


@dataclass(frozen=True)
class Code:
    """Q(Z|X) for a batch: `mean` (n, latent_dim) and, for a random encoder, `log_spread` (n, latent_dim); float32."""

    mean: Tensor
    log_spread: Tensor | None = None


class Encoder(nn.Module, ABC):
    """Abstract: `forward` maps features (n, n_features) to a `Code`; `sample` draws one code per image from it.

    A class without weights needs no constructor: what it is made with is then not used.
    """

    def __init__(self, *made_with: Any):
        super().__init__()

    @classmethod
    def of(cls, settings: Mapping[str, Any], n_features: int, generator: torch.Generator) -> Self:
        """The encoder with these settings of a trial, on features (n, n_features); `generator` starts its weights.

        For classes with the constructor of those below; others may have one of their own.
        """
        return cls(n_features, settings["latent_dim"], settings["tanh_mean"], generator)

    @abstractmethod
    def forward(self, features: Tensor) -> Code: ...

    @abstractmethod
    def sample(self, code: Code, generator: torch.Generator) -> Tensor:
        """One draw of Q(Z|X) per image: float32 (n, latent_dim). `generator` lives where the code lives."""


@final
class Deterministic(Encoder):
    """Z = mean(X)."""

    def __init__(self, n_features: int, latent_dim: int, tanh_mean: bool, generator: torch.Generator):
        super().__init__()
        self.mean = Mean(n_features, latent_dim, tanh_mean, generator)

    def forward(self, features: Tensor) -> Code:
        return Code(self.mean(features))

    def sample(self, code: Code, generator: torch.Generator) -> Tensor:
        return code.mean


@final
class Gaussian(Encoder):
    """Z ~ N(mean(X), diag exp(log_spread(X))): the log-spread is the log-variance."""

    def __init__(self, n_features: int, latent_dim: int, tanh_mean: bool, generator: torch.Generator):
        super().__init__()
        self.mean = Mean(n_features, latent_dim, tanh_mean, generator)
        self.log_spread = LogSpread(n_features, latent_dim, generator)

    def forward(self, features: Tensor) -> Code:
        return Code(self.mean(features), self.log_spread(features))

    def sample(self, code: Code, generator: torch.Generator) -> Tensor:
        assert code.log_spread is not None
        noise = torch.randn(code.mean.shape, generator=generator, device=code.mean.device)
        return code.mean + noise * torch.exp(code.log_spread / 2)


@final
class UniformBox(Encoder):
    """Z uniform on the box of half-sides exp(log_spread(X)) around mean(X)."""

    def __init__(self, n_features: int, latent_dim: int, tanh_mean: bool, generator: torch.Generator):
        super().__init__()
        self.mean = Mean(n_features, latent_dim, tanh_mean, generator)
        self.log_spread = LogSpread(n_features, latent_dim, generator)

    def forward(self, features: Tensor) -> Code:
        return Code(self.mean(features), self.log_spread(features))

    def sample(self, code: Code, generator: torch.Generator) -> Tensor:
        assert code.log_spread is not None
        noise = torch.rand(code.mean.shape, generator=generator, device=code.mean.device) * 2 - 1
        return code.mean + noise * torch.exp(code.log_spread)


@final
class Mean(nn.Module):
    """The head of the mean: linear, or through tanh into [-1, 1]."""

    def __init__(self, n_features: int, latent_dim: int, tanh: bool, generator: torch.Generator):
        super().__init__()
        self.head = linear(n_features, latent_dim, generator)
        self.tanh = tanh

    def forward(self, features: Tensor) -> Tensor:
        mean = float32_linear(self.head, features)
        return torch.tanh(mean) if self.tanh else mean


@final
class LogSpread(nn.Module):
    """The head of the log-spread: linear, clipped."""

    def __init__(self, n_features: int, latent_dim: int, generator: torch.Generator):
        super().__init__()
        self.head = linear(n_features, latent_dim, generator)

    def forward(self, features: Tensor) -> Tensor:
        return float32_linear(self.head, features).clamp(*LOG_SPREAD_RANGE)
