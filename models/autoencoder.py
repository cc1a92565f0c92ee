"""AutoEncoder: the one model. A network, an encoder on its trunk, and the prior of its codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

import torch
from torch import Tensor, nn

from study.models.encoders import Code, Encoder
from study.models.networks import Network
from study.models.priors import Prior


@final
class AutoEncoder(nn.Module):
    """Encode, decode, reconstruct, sample. Images are (n, C, H, W) in [0, 1], codes float32 (n, latent_dim).

    Under autocast the products of trunk and decoder run in its precision; codes and logits are float32 in any case.
    """

    def __init__(self, network: Network, encoder: Encoder, prior: Prior, latent_dim: int):
        super().__init__()
        self.network = network
        self.encoder = encoder
        self.prior = prior
        self.latent_dim = latent_dim

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    def encode(self, images: Tensor) -> Code:
        """Q(Z|X) of each image."""
        code = self.encoder(self.network.trunk(images))
        assert isinstance(code, Code)
        return code

    def sample_code(self, code: Code, generator: torch.Generator) -> Tensor:
        """One draw of Q(Z|X) per image: (n, latent_dim)."""
        return self.encoder.sample(code, generator)

    def sample_prior(self, n: int, generator: torch.Generator) -> Tensor:
        """`n` draws of P(Z): (n, latent_dim)."""
        return self.prior.sample(n, self.latent_dim, generator, self.device)

    def decode(self, codes: Tensor) -> Tensor:
        """Logits of the pixels: float32 (n, C, H, W)."""
        logits: Tensor = self.network.decoder(codes)
        return logits.float()

    @torch.no_grad()
    def reconstruct(self, images: Tensor) -> Tensor:
        """Pixel probabilities from the mean code, without gradients: (n, C, H, W)."""
        return torch.sigmoid(self.decode(self.encode(images).mean))

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """Pixel probabilities (decoder means) of `n` draws of the prior, without gradients: (n, C, H, W)."""
        return torch.sigmoid(self.decode(self.sample_prior(n, generator)))


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Keep the model in evaluation mode (batch norm counts no images), and put back the mode that it had."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
