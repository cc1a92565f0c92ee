"""Studies of every sampler in a storage of their own: planned, told, and kept as they were."""

import math
from copy import deepcopy
from functools import cache
from typing import Any, Self

import optuna
from optuna.trial import FrozenTrial

from study.config.plan import StudyPlan, make_plan
from study.config.space import SearchSpace
from study.records.outcome import Outcome
from study.records.table import RUNG, VALIDATION
from study.search import proposals, storage
from study.search.warm_start import Example, Lesson, as_trials
from tests.search.conftest import SPACE

AT_ONCE = 3
"""Trials that run at the same time."""

LENGTHS = {
    **{"random": 8, "tpe": 16, "nsga2": 57, "nsga3": 57, "gp": 13},
    **{"tpe of one objective": 16, "stopping tpe": 16, "balanced tpe": 35, "stopping balanced tpe": 35},
    "balanced gp": 35,
}
"""As many trials as a sampler needs to have a model, or a second generation; and after them those that are cut."""

WARM = {"warm tpe": 4, "warm gp": 3}
LESSON = Lesson(
    "earlier",
    20,
    tuple(
        Example(
            n,
            {"lambda_1": 0 if n % 4 else 3.0, "lambda_mmd": 5.0 + 20 * n, "batch_size": 20},
            [float(n % 7), float(n % 3)],
        )
        for n in range(20)
    ),
)


@cache
def plan_of(case: str) -> StudyPlan:
    """A space without conditions, zero included, which all samplers take; or one that balances what they are on."""
    sampler = next(word for word in case.split() if word not in ("warm", "stopping", "balanced"))
    space: dict[str, Any] = {**SPACE, "early_stopping": {"min_images": 20}}
    if case.endswith("one objective"):
        space["objectives"] = {"reconstruction": "minimize"}
    plan = make_plan(
        SearchSpace.model_validate(space),
        "small.yaml",
        **{"name": "small", "preset": "quick", "seed": 3, "trials": 60},
        sampler=sampler,  # type: ignore[arg-type]
        overrides={} if "balanced" in case else {"family": "wae-uniform"},
        stopping=case.startswith("stopping"),
    )
    return plan.model_copy(update={"warm_start": LESSON.note}) if case.startswith("warm") else plan


def learnt(plan: StudyPlan) -> list[FrozenTrial]:
    return as_trials(LESSON, plan) if plan.warm_start else []


class Kept:
    """A storage in memory that outlives its drivers; `open` is what a new driver has."""

    def __init__(self, plan: StudyPlan) -> None:
        self.plan = plan
        self.storage = optuna.storages.InMemoryStorage()
        optuna.create_study(study_name="kept", storage=self.storage, directions=["minimize"] * len(values({}, plan)))

    def open(self) -> optuna.Study:
        return optuna.load_study(study_name="kept", storage=self.storage)

    def copy(self) -> Self:
        """Another storage of the same content."""
        other, mine = type(self)(self.plan), self.open()
        its = other.open()
        its.add_trials(deepcopy(mine.trials))
        for name, value in self.storage.get_study_system_attrs(mine._study_id).items():
            other.storage.set_study_system_attr(its._study_id, name, deepcopy(value))
        for name, value in mine.user_attrs.items():
            its.set_user_attr(name, deepcopy(value))
        return other

    def step(self, study: optuna.Study) -> dict[str, Any]:
        """Propose one trial more; then the oldest of those at once ends."""
        settings = self.propose(study).user_attrs[storage.CONFIG]
        self.end_oldest(study)
        return dict(settings)

    def propose(self, study: optuna.Study) -> optuna.Trial:
        return proposals.propose(study, self.plan, learnt(self.plan))

    def end_oldest(self, study: optuna.Study) -> None:
        running = storage.running_trials(study)
        if len(running) == AT_ONCE:
            number, settings = running[0].number, running[0].user_attrs[storage.CONFIG]
            tell(study, self.plan, number, values(settings, self.plan), stopped=self.plan.stopping and number % 3 > 0)


def tell(study: optuna.Study, plan: StudyPlan, number: int, values: list[float], stopped: bool) -> None:
    prefix = f"{RUNG}_" if stopped else VALIDATION
    metrics = {f"{prefix}{o.name}": value for o, value in zip(plan.space.objectives, values, strict=True)}
    storage.tell(study, plan, number, Outcome("pruned" if stopped else "complete", metrics=metrics))


def values(settings: dict[str, Any], plan: StudyPlan) -> list[float]:
    weight, penalty = settings.get("lambda_mmd", 1), settings.get("lambda_1", 1)
    return [abs(math.log(weight / 50)) + penalty / 10, abs(penalty - 2)][: len(plan.space.objectives)]
