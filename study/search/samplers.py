"""Optuna's samplers by name, and the draws by which they make a point of the space.

The draws are Optuna's parameters, by name. They are those of the space, but where a parameter may be 0: one more draw,
uniform in [0, 1), says whether it is.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, GPSampler, NSGAIIISampler, NSGAIISampler, RandomSampler, TPESampler

from study.config.parameter import Parameter
from study.config.space import SamplerName, SearchSpace

STARTUP_TRIALS = 10
"""Trials that are drawn at random before TPE or the Gaussian process models anything; trials that run meanwhile are
random as well."""

JOINT: tuple[SamplerName, ...] = ("gp", "nsga2", "nsga3")
"""Samplers that draw a trial's parameters together, and of those only such as every trial has; others at random."""

ZERO_DRAW = "_zero"
"""Suffix of the draw that says whether a parameter is 0, after the parameter's name."""

Draws = dict[str, Any]


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


def draw_point(
    trial: optuna.Trial, space: SearchSpace, drawing: Callable[[str], None], whole: bool = False
) -> dict[str, Any]:
    """The point of a trial: what is drawn or fixed already comes back as it is. `drawing` is called before each draw.

    `whole` draws a parameter's value even where it is then 0, so that all trials have the same draws.
    """
    point: dict[str, Any] = {}
    for name, parameter in space.parameters.items():
        if not parameter.exists(point):
            continue
        is_zero = False
        if parameter.zero > 0:
            drawing(f"{name}{ZERO_DRAW}")
            is_zero = trial.suggest_float(f"{name}{ZERO_DRAW}", 0, 1) < parameter.zero
        if not is_zero or whole:
            drawing(name)
            point[name] = _suggest(trial, name, parameter)
        if is_zero:
            point[name] = 0.0
    return point


def draws_of(space: SearchSpace, point: Mapping[str, Any], whole: bool = False) -> Draws:
    """The draws that make this point. `whole` has one for a value that is 0 too: the low end, which is next to 0."""
    draws: Draws = {}
    for name, given in point.items():
        parameter = space.parameters[name]
        value = parameter.checked(given)
        is_zero = parameter.zero > 0 and value == 0
        if parameter.zero > 0:
            draws[f"{name}{ZERO_DRAW}"] = parameter.zero / 2 if is_zero else (1 + parameter.zero) / 2
        if not is_zero:
            draws[name] = value
        elif whole:
            draws[name] = parameter.ends()[0]
    return draws


def distributions(space: SearchSpace) -> dict[str, BaseDistribution]:
    """Of what each draw is drawn, as `draw_point` does."""
    found: dict[str, BaseDistribution] = {}
    for name, parameter in space.parameters.items():
        if parameter.zero > 0:
            found[f"{name}{ZERO_DRAW}"] = FloatDistribution(0, 1)
        found[name] = _distribution(parameter)
    return found


def _distribution(parameter: Parameter) -> BaseDistribution:
    if parameter.choices is not None:
        return CategoricalDistribution(parameter.choices)
    assert parameter.low is not None
    assert parameter.high is not None
    if parameter.integer:
        return IntDistribution(int(parameter.low), int(parameter.high), log=parameter.log)
    return FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _suggest(trial: optuna.Trial, name: str, parameter: Parameter) -> Any:
    match _distribution(parameter):
        case CategoricalDistribution(choices=choices):
            return trial.suggest_categorical(name, choices)
        case IntDistribution(low=low, high=high, log=log):
            return trial.suggest_int(name, low, high, log=log)
        case FloatDistribution(low=low, high=high, log=log):
            return trial.suggest_float(name, low, high, log=log)
