"""The model of a trial's configuration, its loss, and the seeds of all that is random in its training."""

from typing import Literal

import numpy as np
import torch

from study.config.trial import TrialConfig
from study.models import FAMILIES, NETWORKS, PRIORS, AutoEncoder, FullyConnected, Loss, Network

Stream = Literal["weights", "batches", "noise", "adversary"]
STREAMS: dict[Stream, int] = {"weights": 0, "batches": 1, "noise": 2, "adversary": 3}
"""The independent random streams of a trial. The numbers are part of every result: they must not change."""


def stream_seed(seed: int, stream: Stream) -> int:
    """A 64-bit seed for one stream of a trial, so that no two streams of any two trials repeat each other."""
    return int(np.random.SeedSequence([seed, STREAMS[stream]]).generate_state(1, np.uint64)[0])


def make_model(config: TrialConfig, image_shape: tuple[int, int, int]) -> AutoEncoder:
    """The untrained model on the CPU, its weights a function of `config.seed` only (no global random state)."""
    generator = torch.Generator().manual_seed(stream_seed(config.seed, "weights"))
    assert config.prior is not None
    assert config.tanh_mean is not None
    network = _make_network(config, image_shape, generator)
    encoder = FAMILIES[config.family].encoder(network.n_features, config.latent_dim, config.tanh_mean, generator)
    return AutoEncoder(network, encoder, PRIORS[config.prior](), config.latent_dim)


def _make_network(config: TrialConfig, image_shape: tuple[int, int, int], generator: torch.Generator) -> Network:
    network = NETWORKS[config.network]
    if network is FullyConnected:
        return network(image_shape, config.latent_dim, config.width, generator)
    assert config.batch_norm is not None
    return network(image_shape, config.latent_dim, config.width, generator, batch_norm=config.batch_norm)


def make_loss(config: TrialConfig) -> Loss:
    """The family's loss with the weights that the configuration gives, on the CPU; its own are the seed's."""
    generator = torch.Generator().manual_seed(stream_seed(config.seed, "adversary"))
    return FAMILIES[config.family].loss.of(config.settings(), generator)
