"""A study on a surrogate: proposals, storage and halving of real studies; only training is left out.

Workers train at the same speed: a trial's time is its images, whatever its batches. All of them are always at work, so
that the images trained by a moment are the workers times what each has trained; a study ends when these are its budget,
and what is under way then is left. A trial that ends, or is stopped, gives its place to the next at once.
"""

import heapq
import logging
import math
from collections import Counter
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import optuna
from numpy.typing import NDArray

from study.config.plan import StudyPlan
from study.config.space import SamplerName
from study.config.trial import TrialConfig
from study.pareto.ranking import TieBreak
from study.records.outcome import Outcome
from study.records.table import RUNG, VALIDATION
from study.search import proposals, storage
from study.search.stop_at_rungs import Halving

Array = NDArray[np.float64]

Rule = Literal["none", "epsilon-net", "crowding", "chance", "foresight"]
"""Who goes on at a rung: everybody; the best by one of the tie-breaks; as many, drawn by lot; as many, the best by what
they will have at the end, which nobody knows. The last two are controls: they show what values at rungs are worth.
"""

TIE_BREAKS: dict[Rule, TieBreak] = {"crowding": "crowding"}
"""The tie-break of a rule, where it is not the usual one."""


class Trainer(Protocol):
    """What stands in for training: the objectives (k, m) after each of `images` (k), and their expectation."""

    @property
    def images(self) -> tuple[int, ...]: ...

    def curve(self, config: TrialConfig) -> Array: ...

    def expected(self, config: TrialConfig) -> Array: ...


@dataclass(frozen=True)
class Arm:
    sampler: SamplerName
    rule: Rule

    @property
    def name(self) -> str:
        return f"{self.sampler}-{self.rule}"


@dataclass(frozen=True)
class Completed:
    """A complete trial: `images` trained by all workers when it ended; its final objectives (m,), and expected ones."""

    trial: int
    images: int
    values: tuple[float, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Run:
    """What came of a study. `stopped` counts by rung; `images` are all that were trained, `under_way` those of trials
    that had not ended.
    """

    completed: tuple[Completed, ...]
    stopped: dict[int, int]
    started: int
    images: int
    under_way: int


@dataclass(frozen=True)
class Training:
    """A trial under way: what it will have at each rung it has still to pass, and at its end.

    `stages` are its images (as many as its batches make of them) at rungs and end, `rungs` the rungs' names.
    """

    number: int
    config: TrialConfig
    stages: tuple[int, ...]
    rungs: tuple[int, ...]
    curve: Array


def simulate(plan: StudyPlan, trainer: Trainer, rule: Rule, budget: int, workers: int) -> Run:
    """The study of this plan until its workers have trained `budget` images together.

    Raises `ValueError` if the budget cannot be shared evenly, or the plan has rungs that the trainer does not know.
    """
    if budget % workers:
        raise ValueError(f"budget must be a multiple of {workers} workers; received {budget}")
    study = study_in_memory(plan)
    judge = Judge(plan, rule)
    completed: list[Completed] = []
    stopped: Counter[int] = Counter()
    at_work: dict[int, tuple[Training, int]] = {}  # by worker: its trial, and the stages that this has passed
    clock = dict.fromkeys(range(workers), 0)
    events: list[tuple[int, int]] = []  # the images a worker will have trained when its trial comes to its next stage

    def start(worker: int, now: int) -> None:
        trial = proposals.propose(study, plan)
        training = _training(plan, trainer, trial, rule)
        at_work[worker] = training, 0
        clock[worker] = now
        heapq.heappush(events, (now + training.stages[0], worker))

    for worker in range(workers):
        start(worker, 0)
    while events[0][0] * workers <= budget:
        now, worker = heapq.heappop(events)
        training, passed = at_work[worker]
        if passed == len(training.rungs):
            final = training.curve[-1]
            storage.tell(study, plan, training.number, Outcome("complete", metrics=_named(VALIDATION, plan, final)))
            expected = trainer.expected(training.config)[-1]
            completed.append(Completed(training.number, now * workers, tuple(final.tolist()), tuple(expected.tolist())))
            start(worker, now)
        elif judge.goes_on(training, passed):
            at_work[worker] = training, passed + 1
            heapq.heappush(events, (now + training.stages[passed + 1] - training.stages[passed], worker))
        else:
            rung = training.rungs[passed]
            metrics = {RUNG: float(rung)} | _named(f"{RUNG}_", plan, training.curve[passed])
            storage.tell(study, plan, training.number, Outcome("pruned", "stopped early", metrics))
            stopped[rung] += 1
            start(worker, now)
    under_way = sum(budget // workers - begun for begun in clock.values())
    return Run(tuple(completed), dict(sorted(stopped.items())), len(study.trials), budget, under_way)


def _named(prefix: str, plan: StudyPlan, values: Array) -> dict[str, float]:
    return {prefix + o.name: float(value) for o, value in zip(plan.space.objectives, values, strict=True)}


def study_in_memory(plan: StudyPlan) -> optuna.Study:
    logging.getLogger("optuna").setLevel(logging.WARNING)
    return optuna.create_study(directions=[objective.direction for objective in plan.space.objectives])


def random_configs(plan: StudyPlan, count: int) -> list[TrialConfig]:
    """Configurations as a study proposes them at random, what it balances in turn."""
    at_random = plan.model_copy(update={"sampler": "random"})
    study = study_in_memory(plan)
    proposed = (proposals.propose(study, at_random).user_attrs[storage.CONFIG] for _ in range(count))
    return [TrialConfig(**settings) for settings in proposed]


class Judge:
    """Which trials continue, by a rule: `Halving` on what the rule looks at, or lots in the same proportion."""

    def __init__(self, plan: StudyPlan, rule: Rule) -> None:
        assert plan.early_stopping is not None
        self.plan = plan
        self.rule = rule
        self.halving = Halving(plan.early_stopping.reduction_factor, TIE_BREAKS.get(rule, "epsilon-net"))
        self.lots = np.random.default_rng(plan.seed)
        self.came: Counter[tuple[str, int]] = Counter()

    def goes_on(self, training: Training, passed: int) -> bool:
        rung = training.rungs[passed]
        group = str(getattr(training.config, self.plan.space.balance)) if self.plan.space.balance else ""
        if self.rule == "chance":
            self.came[group, rung] += 1
            return self._drawn(self.came[group, rung])
        values = training.curve[-1 if self.rule == "foresight" else passed]
        signed = [o.sign * float(value) for o, value in zip(self.plan.space.objectives, values, strict=True)]
        self.halving.record(training.number, group, rung, signed)
        return self.halving.standing(training.number, group, rung).goes_on

    def _drawn(self, came: int) -> bool:
        return int(self.lots.integers(came)) < math.ceil(came / self.halving.reduction_factor)


def _training(plan: StudyPlan, trainer: Trainer, trial: optuna.Trial, rule: Rule) -> Training:
    config = TrialConfig(**trial.user_attrs[storage.CONFIG])
    assert plan.early_stopping is not None
    steps = plan.early_stopping.steps(config) if rule != "none" else {}
    if not {*steps.values(), config.total_images} <= set(trainer.images):
        raise ValueError(f"needed are values at {[*steps.values(), config.total_images]}; received {trainer.images}")
    return Training(
        number=trial.number,
        config=config,
        stages=(*(step * config.batch_size for step in steps), config.total_images),
        rungs=tuple(steps.values()),
        curve=trainer.curve(config)[[trainer.images.index(rung) for rung in (*steps.values(), config.total_images)]],
    )
