"""Training of the small networks of features, and the command that does it and writes their file."""

import argparse
import hashlib
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from study.data.dataset import Dataset
from study.features.network import FeatureNetwork, half_precision
from study.system.files import write_atomically

SEED = 0
TRAINING_BATCH = 128
LEARNING_RATE = 3e-3

_Network = TypeVar("_Network", bound=FeatureNetwork)


def run_command(
    name: str,
    weights: Path,
    steps: int,
    train: Callable[[int], _Network],
    measure: Callable[[_Network], dict[str, float]],
) -> None:
    """The command `python -m study.features.NAME`: train for `--steps`, write the file, print what is measured."""
    command = f"python -m study.features.{name}"
    parser = argparse.ArgumentParser(
        prog=command,
        description="Train the network and write its file.",
        epilog=f"Examples:\n\n  {command}\n\n  {command} --steps 100 --output tried.pt",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--steps", type=int, default=steps, help=f"optimiser steps, {TRAINING_BATCH} images each")
    parser.add_argument("--output", type=Path, default=weights, help="the file of the weights")
    arguments = parser.parse_args()

    network = train(arguments.steps)
    network.half().float()  # as the file holds it
    content = half_precision(network)
    write_atomically(arguments.output, content)

    for what, value in measure(network).items():
        print(f"{what:24} {value:.4f}")
    print(f"{arguments.output}: {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def fit_network(
    make: Callable[[], _Network],
    dataset: Dataset,
    targets: Callable[[np.ndarray], Tensor],
    losses: Callable[[Tensor, Tensor], dict[str, Tensor]],
    steps: int,
) -> _Network:
    """A network trained on the training part, on the CPU; the same for the same data and steps.

    `targets` gives the targets of the images at some indices, `losses` named scalars of outputs and targets, whose sum
    is minimised.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        network = make()
    rng = np.random.default_rng(SEED)
    optimiser = torch.optim.Adam(network.parameters())
    started = time.monotonic()
    for step in range(steps):
        warmed_up = min(1.0, (step + 1) / 200)
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * warmed_up * (1 + math.cos(math.pi * step / steps)) / 2
        indices = rng.choice(dataset.split.train, size=TRAINING_BATCH)
        terms = losses(network(dataset.images.batch(indices)), targets(indices))
        optimiser.zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        optimiser.step()
        if (step + 1) % 500 == 0:
            parts = ", ".join(f"{name} {loss.item():.3g}" for name, loss in terms.items())
            print(f"step {step + 1:5} of {steps}, {time.monotonic() - started:4.0f} s: {parts}", flush=True)
    network.eval()
    return network
