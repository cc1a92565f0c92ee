"""Training the winners of a search again, on fresh seeds: the best of many are partly the luckiest.

The winners are the configurations on the front of the validation values, which is what the search chose by. They are
trained again in a study of their own, `NAME-confirmed`, with neither sampler nor early stopping; `study.report` shows
the two next to each other.
"""

from collections.abc import Sequence

import numpy as np

from study.config.plan import StudyPlan
from study.config.points import Point
from study.config.space import minimised
from study.config.trial import TrialConfig
from study.pareto.dominance import non_dominated
from study.records.table import VALIDATION, TrialRecord
from study.system.errors import InputError


def winners(plan: StudyPlan, records: Sequence[TrialRecord]) -> list[TrialConfig]:
    """The configurations that no other dominates, each once, in the order of their first trials.

    A configuration with several seeds is represented by the means of its objectives.
    """
    complete = [record for record in records if record.state == "complete"]
    trials: dict[str, list[TrialRecord]] = {}
    for record in complete:
        trials.setdefault(record.config.config_id, []).append(record)
    if not trials:
        return []
    objectives = plan.space.objectives
    means = np.array(
        [np.mean([minimised(r.metrics, objectives, VALIDATION) for r in own], axis=0) for own in trials.values()]
    )
    return [own[0].config for own, wins in zip(trials.values(), non_dominated(means), strict=True) if wins]


def confirmation(
    plan: StudyPlan, name: str, configs: Sequence[TrialConfig], seeds: int, earlier: StudyPlan | None = None
) -> StudyPlan:
    """The study of this name that trains these winners of `plan` again, each on so many seeds.

    `earlier` is the confirmation that is there already, if any: its configurations are kept, and not trained again. If
    it began before confirmations had seeds of their own (`seeds` is "search"), it keeps its seeds, those of a search
    whose `--seed` is one higher. `InputError` if it is of another search, or of
    another number of seeds.
    """
    points = list(earlier.points) if earlier else []
    points += [point for config in configs if (point := _point(plan, config)) not in points]
    own_seeds = earlier is None or earlier.seeds == "confirmation"
    made = plan.model_copy(
        update={
            "name": name,
            "sampler": "random",  # which is never asked
            "seed": plan.seed if own_seeds else plan.seed + 1,
            "seeds": "confirmation" if own_seeds else "search",
            "trials": len(points) * seeds,
            "replicates": seeds,
            "stopping": False,
            "warm_start": None,
            "points": tuple(points),
            "confirms": plan.name,
        }
    )
    difference = earlier.difference(made.model_copy(update={"points": earlier.points})) if earlier else None
    if difference:
        raise InputError(f"--confirm: {name} exists and belongs to another study: {difference}; move it away")
    return StudyPlan.model_validate(made.model_dump())


def _point(plan: StudyPlan, config: TrialConfig) -> Point:
    point: Point = {}
    for name, parameter in plan.space.parameters.items():
        if parameter.exists(point):
            point[name] = getattr(config, name)
    return point
