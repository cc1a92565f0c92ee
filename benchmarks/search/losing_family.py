"""Whether TPE tunes a family that others dominate: with a model of each family, and with one model of all.

The landscape is made up, so that its best values are known: 10 for beta, which is the middle of its range on the
logarithmic scale, and 1 for lambda_1. A trial is worse in both objectives the farther its parameter is from the best
value, and the latent dimension trades one objective for the other. Where beta-VAEs are dominated, they are behind by
more than any beta makes up for.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import Any, Literal

import numpy as np

from benchmarks.search.measures import yardstick
from benchmarks.search.simulation import study_in_memory
from study.config.plan import StudyPlan, make_plan
from study.config.space import SearchSpace
from study.config.trial import TrialConfig
from study.search import proposals, storage

Model = Literal["random", "of all", "of each", "alone"]
"""What proposes the trials of a study of all families in turn: random draws, TPE with one model of all families, or TPE
with one model of each. `alone` is TPE in a study of the losing family, which has as many trials there as in the others.
"""

MODELS: tuple[Model, ...] = ("random", "of all", "of each", "alone")
LOSING = "beta-vae"
BEHIND: dict[str, tuple[float, float]] = {"dominated": (60.0, 0.3), "as good": (0.0, 0.0)}
"""By how many nats, and by how much accuracy, the losing family is behind the others."""

BEST = {"beta": 10.0, "lambda_1": 1.0}
NEXT_TO_ZERO = 0.04
"""What a lambda_1 of 0 counts as; the range begins at 0.1."""

TRIALS = 90
LAST = 12
"""Trials of each family, the last ones, whose distances are averaged."""


def losing_family(space: SearchSpace, seeds: int, processes: int) -> dict[str, Any]:
    """By case and model: mean distances of each family's last trials, and hypervolumes, with their standard errors."""
    cases = list(product(BEHIND, MODELS))
    jobs = [(case, model, seed) for case, model in cases for seed in range(seeds)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        runs = dict(zip(jobs, pool.map(partial(_run, space), *zip(*jobs, strict=True)), strict=True))
    found: dict[str, Any] = {}
    for case, model in cases:
        found.setdefault(case, {})[model] = _summary([runs[case, model, seed] for seed in range(seeds)])
    return found


def _summary(runs: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    """Of each figure its mean over seeds and the standard error of that."""
    values = {name: np.array([run[name] for run in runs]) for name in runs[0]}
    return {name: [float(its.mean()), float(its.std(ddof=1) / math.sqrt(len(its)))] for name, its in values.items()}


def _run(space: SearchSpace, case: str, model: Model, seed: int) -> dict[str, float]:
    """One study: mean distances of each family's last trials, and hypervolumes of all trials and of the losing ones."""
    plan = plan_of(space, model, seed)
    study = study_in_memory(plan)
    configs, values = [], []
    for _ in range(plan.trials):
        trial = proposals.propose(study, plan)
        configs.append(TrialConfig(**trial.user_attrs[storage.CONFIG]))
        values.append(objectives(configs[-1], BEHIND[case]))
        study.tell(trial.number, values[-1])
    families, stick = np.array([config.family for config in configs]), yardstick(space)
    distances = np.array([distance(config) for config in configs])
    found = {str(family): float(distances[families == family][-LAST:].mean()) for family in np.unique(families)}
    volumes = {"hypervolume": np.array(values), f"hypervolume of {LOSING}s": np.array(values)[families == LOSING]}
    return found | {name: stick.volumes(points)[0] for name, points in volumes.items()}


def plan_of(space: SearchSpace, model: Model, seed: int) -> StudyPlan:
    """The study of a model. For one model of all families the space balances nothing, and points give them in turn."""
    families = space.families()
    turns = [{"family": families[number % len(families)]} for number in range(TRIALS)]
    return make_plan(
        space.model_copy(update={"balance": None}) if model == "of all" else space,
        space.name,
        name="losing",
        preset="quick",
        seed=seed,
        trials=TRIALS // len(families) if model == "alone" else TRIALS,
        sampler="random" if model == "random" else "tpe",
        stopping=False,
        points=turns if model == "of all" else (),
        overrides={"family": LOSING} if model == "alone" else {},
    )


def distance(config: TrialConfig) -> float:
    """How far the family's own parameter is from its best value, as the absolute difference of natural logarithms."""
    name = "beta" if config.family == "beta-vae" else "lambda_1"
    return abs(math.log((getattr(config, name) or NEXT_TO_ZERO) / BEST[name]))


def objectives(config: TrialConfig, behind: tuple[float, float]) -> list[float]:
    """Reconstruction in nats and disentanglement of a trial; the losing family is `behind` by so much."""
    nats, accuracy = behind if config.family == LOSING else (0.0, 0.0)
    away, size = distance(config), math.log2(config.latent_dim / 8) / 2
    return [100 + 20 * (away - size) + nats, 0.8 - 0.06 * away - 0.1 * size - accuracy]


def print_losing_family(found: dict[str, Any]) -> None:
    """A row for each case and model."""
    columns = list(next(iter(next(iter(found.values())).values())))
    print(f"| beta-VAEs | model | {' | '.join(columns)} |\n|---|---|{'--:|' * len(columns)}")
    for case, models in found.items():
        for model, figures in models.items():
            cells = [f"{figures[name][0]:.4g} ± {figures[name][1]:.2g}" if name in figures else "" for name in columns]
            print(f"| {case} | {model} | {' | '.join(cells)} |")
