"""Optuna's samplers by name, made anew for every draw, and the one thread that the Gaussian process runs on."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, GPSampler, NSGAIIISampler, NSGAIISampler, RandomSampler, TPESampler

from study.config.space import SamplerName

STARTUP_TRIALS = 10
"""Trials that are drawn at random before TPE or the Gaussian process models anything; running ones beside them are
random as well."""

JOINT: tuple[SamplerName, ...] = ("gp", "nsga2", "nsga3")
"""Samplers that draw a trial's parameters together, and of those only such as every trial has; others at random."""


def make_sampler(name: SamplerName, seed: int) -> BaseSampler:
    """Optuna's sampler of that name. A grid is enqueued point by point, so that its sampler never decides anything.

    TPE and the Gaussian process take trials that still run into account, so that those at once differ: the one counts
    them among the worse ones (`constant_liar`), the other expects of them what its model does.
    """
    match name:
        case "tpe":
            return TPESampler(n_startup_trials=STARTUP_TRIALS, constant_liar=True, seed=seed)
        case "gp":
            logging.getLogger("optuna._gp").setLevel(logging.ERROR)  # it warns of an optional package that is not there
            return GPSampler(n_startup_trials=STARTUP_TRIALS, warn_independent_sampling=False, seed=seed)
        case "nsga2":
            return NSGAIISampler(seed=seed)
        case "nsga3":
            with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
                return NSGAIIISampler(seed=seed)
        case "random" | "grid":
            return RandomSampler(seed=seed)


@contextmanager
def one_thread(name: SamplerName) -> Iterator[None]:
    """PyTorch has one thread within, if the sampler uses it: its many small steps wait for more of them, not less.

    No other sampler has PyTorch imported.
    """
    if name != "gp":
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
