"""Training: a plain PyTorch loop, to be read from top to bottom.

`fit` is a generator. It trains, and yields where there is something to log; between yields the caller logs and
evaluates. Everything random comes from two generators of the run's own, seeded by the configuration: the batches
(NumPy) and the noise (PyTorch, on the device). A checkpoint holds both, so an interrupted run ends exactly where
it would have ended: bit for bit on the CPU.
"""

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from study.config.trial import TrialConfig
from study.data.dataset import Dataset, Images
from study.models import AutoEncoder, Loss
from study.system.errors import Infeasible
from study.trial.checkpoint import load_checkpoint, save_checkpoint
from study.trial.cuda_graph import CapturedStep
from study.trial.model import stream_seed

log = logging.getLogger(__name__)

LOGGED = 100
"""Points of a learning curve."""

REFERENCE_BATCH = 100
"""The paper's batch size: the one whose learning rate is `learning_rate` itself, however rates follow batches."""

COPY_SHARE = 1 / 16
"""Part of a GPU's memory for a copy of all images: several trials may share it, each with its own. CelebA, 2.5 GB, is
copied to a GPU of 40 GB or more."""


@dataclass(frozen=True)
class Progress:
    """Progress of training: optimiser steps done, images seen, seconds spent in training, and the loss's terms.

    `terms` are means over the steps since the last Progress; there are none at step 0.
    """

    step: int
    images: int
    seconds: float
    terms: dict[str, float]


def fit(
    model: AutoEncoder,
    loss: Loss,
    dataset: Dataset,
    config: TrialConfig,
    *,
    checkpoint: Path | None,
    device: torch.device | str,
    milestones: Collection[int] = (),
    checkpoint_seconds: float = 30.0,
    capture: bool = True,
) -> Iterator[Progress]:
    """Train `model` in place on the training part of `dataset`, on `device`, to the budget of `config`.

    Yields at step 0, at about a hundred evenly spaced steps, at every step of `milestones` and at the last. Where
    `checkpoint` exists, training resumes from it and yields begin after its step; it is written at most every
    `checkpoint_seconds` and at the end, when the caller has dealt with what was yielded at that step. On a GPU the step
    is replayed from a CUDA graph unless `capture` is false.
    `Infeasible` if the loss or a weight is no longer finite, or if a batch is larger than the training part;
    `InputError` if the checkpoint is of another configuration.
    """
    device = torch.device(device)
    train, total_steps = dataset.split.train, config.total_steps
    if config.batch_size > len(train):
        raise Infeasible(f"a batch of {config.batch_size} cannot be drawn from {len(train)} training images")
    model.to(device).train()
    loss.to(device).train()
    incoming = Batches(dataset.images, config.batch_size, device)
    groups: list[dict[str, Any]] = [{"params": list(model.parameters()), "lr": config.learning_rate}]
    losses = ["loss"]
    if loss.rival is not None:
        rival = loss.rival
        groups.append({"params": list(loss.parameters()), "lr": rival.learning_rate, "betas": rival.betas})
        losses.append(rival.loss)
    initial = [group["lr"] for group in groups]
    rates = [torch.tensor(rate, device=device) for rate in initial]  # tensors: a captured step reads them anew
    optimiser = torch.optim.Adam(groups, betas=(0.9, 0.999), eps=1e-8, fused=True, capturable=device.type == "cuda")
    _set_rates(optimiser, rates)
    batches = np.random.default_rng(stream_seed(config.seed, "batches"))
    noise = torch.Generator(device).manual_seed(stream_seed(config.seed, "noise"))
    step, seconds = 0, 0.0
    sums: dict[str, Tensor] = {}  # of the terms since the last yield, on the device: reading them would wait for it
    summed = 0

    def train_step() -> None:
        images = incoming.images()
        with torch.autocast(device.type, torch.bfloat16, enabled=config.precision == "bfloat16"):
            terms = loss(model, images, noise)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward([terms[name] for name in losses])
        optimiser.step()
        for name, term in terms.items():
            sums.setdefault(name, torch.zeros_like(term)).add_(term.detach())

    saved = load_checkpoint(checkpoint, config) if checkpoint is not None else None
    if saved is not None and saved["device"] != device.type:
        log.warning("%s: made on %s, not on %s; training starts afresh", checkpoint, saved["device"], device.type)
        saved = None
    if saved is not None:
        model.load_state_dict(saved["model"])
        loss.load_state_dict(saved["objective"])
        optimiser.load_state_dict(saved["optimiser"])
        _set_rates(optimiser, rates)
        batches.bit_generator.state = saved["batches"]
        noise.set_state(saved["noise"])
        _set_global_states(saved.get("global", []), device)
        step, seconds, summed = saved["step"], saved["seconds"], saved["summed"]
        sums = {name: value.to(device) for name, value in saved["sums"].items()}
    else:
        yield Progress(0, 0, 0.0, {})
        model.train()

    to_log = log_steps(total_steps) | set(milestones)
    run_step = CapturedStep(train_step, noise) if capture else train_step
    last_save = started = time.perf_counter()
    while step < total_steps:
        for rate, at_first in zip(rates, initial, strict=True):
            rate.fill_(scheduled(at_first, config, step))
        incoming.put(draw_batch(train, config.batch_size, batches))
        run_step()
        step += 1
        summed += 1

        logging_now = step in to_log
        saving_now = checkpoint is not None and (
            step == total_steps or time.perf_counter() - last_save >= checkpoint_seconds
        )
        if not (logging_now or saving_now):
            continue
        means = {name: float(value) / summed for name, value in sums.items()}
        _check_finite(means, [model, loss], step)
        seconds += time.perf_counter() - started
        if logging_now:
            summed = 0
            for value in sums.values():
                value.zero_()
            yield Progress(step, step * config.batch_size, seconds, means)
            model.train()
        if saving_now:
            assert checkpoint is not None
            content = {
                "device": device.type,
                "model": model.state_dict(),
                "objective": loss.state_dict(),
                "optimiser": optimiser.state_dict(),
                "batches": batches.bit_generator.state,
                "noise": noise.get_state(),
                "global": _global_states(device),
                "step": step,
                "seconds": seconds,
                "sums": sums,
                "summed": summed,
            }
            save_checkpoint(checkpoint, config, content)
            last_save = time.perf_counter()
        started = time.perf_counter()


def draw_batch(train: np.ndarray, size: int, batches: np.random.Generator) -> np.ndarray:
    """A batch: `size` different training images, whatever was drawn before."""
    return train[batches.choice(len(train), size, replace=False, shuffle=False)]


def log_steps(total_steps: int) -> set[int]:
    """About a hundred evenly spaced steps, the last among them; every step of a training that has no more."""
    return {-(-point * total_steps // LOGGED) for point in range(1, LOGGED + 1)}


def scheduled(rate: float, config: TrialConfig, step: int) -> float:
    """The learning rate after `step` steps: each factor of the schedule holds for an equal part of the budget.

    A loss's own parameters follow the model's schedule, so that the balance of the two rates is kept.
    """
    schedule = config.learning_rate_schedule
    factor = schedule[step * len(schedule) // config.total_steps]
    scaling = {"constant": 0.0, "linear": 1.0, "sqrt": 0.5}[config.learning_rate_scaling]
    return rate * factor * (config.batch_size / REFERENCE_BATCH) ** scaling


def _global_states(device: torch.device) -> list[Tensor]:
    """PyTorch's own random states, from which a model of another library may draw; ours do not."""
    return [torch.get_rng_state(), *([torch.cuda.get_rng_state(device)] if device.type == "cuda" else [])]


def _set_global_states(states: Sequence[Tensor], device: torch.device) -> None:
    """Put them back; a checkpoint of an earlier version has none."""
    if states:
        torch.set_rng_state(states[0])
    for state in states[1:]:
        torch.cuda.set_rng_state(state, device)


def _set_rates(optimiser: torch.optim.Optimizer, rates: list[Tensor]) -> None:
    """Let every group read its learning rate from its tensor; `load_state_dict` puts another one there."""
    for group, rate in zip(optimiser.param_groups, rates, strict=True):
        group["lr"] = rate


def _check_finite(terms: dict[str, float], trained: Iterable[torch.nn.Module], step: int) -> None:
    """`Infeasible` unless all is finite. A value that is not finite makes every sum that it is part of so too."""
    for name, value in terms.items():
        if not np.isfinite(value):
            raise Infeasible(f"training diverged: {name} is {value} by step {step}")
    for name, weights in chain.from_iterable(module.named_parameters() for module in trained):
        if not weights.detach().sum().isfinite():
            raise Infeasible(f"training diverged: the weights {name} are not finite after step {step}")


@final
class Batches:
    """Batches of `size` images on `device`. `put` sets the indices before the step, `images` returns the batch in it.

    A copy of all images lies on the GPU if it fits into `COPY_SHARE` of its memory, and only their indices are sent;
    else each batch is gathered on the host and sent. On the CPU images are read where they are.
    """

    def __init__(self, images: Images, size: int, device: torch.device) -> None:
        self._all = images
        self._copied = fits(images, device)
        if self._copied:
            self._stored = images.stored(device)
            self._next = torch.empty(size, dtype=torch.int64, device=device)
        else:
            one = torch.from_numpy(images.array[:1].copy())
            self._next = torch.empty((size, *one.shape[1:]), dtype=one.dtype, device=device)

    def put(self, indices: np.ndarray) -> None:
        """To a GPU without waiting for it, from memory that stays until it has come."""
        source = torch.from_numpy(indices if self._copied else self._all.array[indices])
        self._next.copy_(source.pin_memory() if self._next.is_cuda else source, non_blocking=True)

    def images(self) -> Tensor:
        """The batch, float32 in [0, 1]: (size, channels, height, width)."""
        rows = self._stored.index_select(0, self._next) if self._copied else self._next
        return self._all.unpack(rows)


def fits(images: Images, device: torch.device) -> bool:
    """Whether all images are to lie on the device."""
    if device.type == "cpu":
        return True
    return images.array.nbytes <= COPY_SHARE * torch.cuda.get_device_properties(device).total_memory
