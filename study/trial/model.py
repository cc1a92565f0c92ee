"""The model of a trial's configuration, its loss, and the seeds of all that is random in its training."""

import pkgutil
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import torch

from study.config.families import FAMILIES, Factory
from study.config.networks import NETWORKS
from study.config.trial import TrialConfig
from study.models import PRIORS, AutoEncoder, Encoder, Loss, Network

Stream = Literal["weights", "batches", "noise", "adversary"]
STREAMS: dict[Stream, int] = {"weights": 0, "batches": 1, "noise": 2, "adversary": 3}
"""The independent random streams of a trial. The numbers are part of every result: they must not change."""


def stream_seed(seed: int, stream: Stream) -> int:
    """A 64-bit seed for one stream of a trial, so that no two streams of any two trials repeat each other."""
    return int(np.random.SeedSequence([seed, STREAMS[stream]]).generate_state(1, np.uint64)[0])


def make_model(config: TrialConfig, image_shape: tuple[int, int, int]) -> AutoEncoder:
    """The untrained model on the CPU, its weights a function of `config.seed` only (no global random state)."""
    generator = torch.Generator().manual_seed(stream_seed(config.seed, "weights"))
    settings = config.settings()
    network: Network = _resolved(NETWORKS[config.network].network)(settings, image_shape, generator)
    encoder: Encoder = _resolved(FAMILIES[config.family].encoder)(settings, network.n_features, generator)
    return AutoEncoder(network, encoder, PRIORS[settings.get("prior", "gaussian")](), config.latent_dim)


def make_loss(config: TrialConfig) -> Loss:
    """The family's loss with the weights that the configuration gives, on the CPU; its own are the seed's."""
    generator = torch.Generator().manual_seed(stream_seed(config.seed, "adversary"))
    loss: Loss = _resolved(FAMILIES[config.family].loss)(config.settings(), generator)
    return loss


def _resolved(factory: Factory) -> Callable[..., Any]:
    found: Callable[..., Any] = pkgutil.resolve_name(factory) if isinstance(factory, str) else factory
    return found
