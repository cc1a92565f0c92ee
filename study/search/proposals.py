"""What each trial of a study is: a point of the space and a seed, decided by (study seed, trial number) and the past.

A study that was cut proposes what an uncut one would have: the sampler is made anew, and seeded, for every value it
draws, so that nothing is remembered outside the storage.
"""

import hashlib
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import optuna
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from study.config import Parameter, SearchSpace, StudyPlan
from study.config.space import SamplerName
from study.search.storage import CONFIG

ZERO = "_zero"
"""What the name of a parameter that may be 0 has after it where the draw is named that says whether it is."""

STARTUP_TRIALS = 10
"""Trials that TPE draws at random before it models anything; running ones beside them are random as well."""


def propose(study: optuna.Study, plan: StudyPlan) -> optuna.Trial:
    """Ask for the next trial, give it its point and its seed, and store its configuration with it."""
    trials = study.get_trials(deepcopy=False)
    waiting = [trial.number for trial in trials if trial.state == TrialState.WAITING]
    number = waiting[0] if waiting else len(trials)
    if not waiting and (planned := planned_parameters(study, plan, number)):
        study.enqueue_trial(planned)
    study.sampler = make_sampler(plan.sampler, _seed(plan.seed, number))
    return complete(study, plan, study.ask())


def adopt(study: optuna.Study, plan: StudyPlan, orphan: FrozenTrial) -> optuna.Trial:
    """Take up a trial that a killed driver had asked for and not told."""
    study.sampler = make_sampler(plan.sampler, _seed(plan.seed, orphan.number))
    trial = optuna.trial.Trial(study, orphan._trial_id)
    return trial if CONFIG in orphan.user_attrs else complete(study, plan, trial)


def complete(study: optuna.Study, plan: StudyPlan, trial: optuna.Trial) -> optuna.Trial:
    """Draw what a trial still lacks (values already drawn come back as they are) and store its settings with it."""
    point: dict[str, Any] = {}
    for name, parameter in plan.space.parameters.items():
        if parameter.exists(point):
            point[name] = _draw(study, plan, trial, name, parameter)
    config = plan.trial_config(point, seed=trial_seed(plan, trial.number))
    trial.set_user_attr("config_id", config.config_id)
    trial.set_user_attr(CONFIG, config.settings())
    return trial


def planned_parameters(study: optuna.Study, plan: StudyPlan, number: int) -> dict[str, Any]:
    """What is settled about trial `number` before any sampler is asked: given points, grid, replicates and balance."""
    later = number - plan.listed
    if plan.sampler == "grid" and later >= 0:
        points = list(plan.space.grid())  # replicate-major: every point once, then every point again
        return dict(points[later % len(points)])
    first = number - number % plan.replicates
    if first < number:
        return dict(study.get_trials(deepcopy=False)[first].params)
    if later < 0:
        return drawn_as(plan.space, plan.points[number // plan.replicates])
    if plan.space.balance is not None:
        values = plan.space.parameters[plan.space.balance].choices or ()
        return {plan.space.balance: values[(later // plan.replicates) % len(values)]}
    return {}


def drawn_as(space: SearchSpace, point: Mapping[str, Any]) -> dict[str, Any]:
    """The draws that make this point: where a parameter may be 0, one more says whether it is (see `_draw`)."""
    draws: dict[str, Any] = {}
    for name, given in point.items():
        parameter = space.parameters[name]
        value = parameter.checked(given)
        is_zero = parameter.zero > 0 and value == 0
        if parameter.zero > 0:
            draws[f"{name}{ZERO}"] = parameter.zero / 2 if is_zero else (1 + parameter.zero) / 2
        if not is_zero:
            draws[name] = value
    return draws


def trial_seed(plan: StudyPlan, number: int) -> int:
    """The seed of a trial: of its weights, batches and noise. Every trial has its own."""
    return _seed(plan.seed, number)


def make_sampler(name: SamplerName, seed: int) -> BaseSampler:
    """Optuna's sampler of that name. A grid is enqueued point by point, so that its sampler never decides anything."""
    match name:
        case "tpe":
            return TPESampler(n_startup_trials=STARTUP_TRIALS, seed=seed)
        case "nsga2":
            return NSGAIISampler(seed=seed)
        case "random" | "grid":
            return RandomSampler(seed=seed)


def _draw(study: optuna.Study, plan: StudyPlan, trial: optuna.Trial, name: str, parameter: Parameter) -> Any:
    def seeded(name: str) -> str:
        study.sampler = make_sampler(plan.sampler, _seed(plan.seed, trial.number, name))
        return name

    if parameter.choices is not None:
        return trial.suggest_categorical(seeded(name), parameter.choices)
    assert parameter.low is not None
    assert parameter.high is not None
    if parameter.zero and trial.suggest_float(seeded(f"{name}{ZERO}"), 0, 1) < parameter.zero:
        return 0.0
    if parameter.integer:
        return trial.suggest_int(seeded(name), int(parameter.low), int(parameter.high), log=parameter.log)
    return trial.suggest_float(seeded(name), parameter.low, parameter.high, log=parameter.log)


def _seed(*parts: int | str) -> int:
    """A well-mixed seed below 2^31 from a few numbers and names."""
    words = itertools.chain.from_iterable(
        [part] if isinstance(part, int) else hashlib.sha256(part.encode()).digest()[:8] for part in parts
    )
    return int(np.random.SeedSequence(list(words)).generate_state(1)[0]) >> 1
