"""StopAtRungs: Ray Tune's scheduler that ends a trial which falls behind at a rung, for several objectives at once.

Multi-objective asynchronous successive halving (Schmucker et al. 2021): the trials at a rung are ordered by
non-dominated sorting, and those of one front by an epsilon-net or by crowding (`study.pareto.ranking.ranking`). One
that is among the best 1/η of those that have come to the rung so far continues. Decisions are asynchronous: an early
trial is compared with few others, and a promotion is never revoked. This is the stopping variant: a trial that does not
continue is stopped for good. Schmucker et al., and Li et al. (2020), pause it, and promote it later if it is among the
best of the trials that have come by then.

The scheduler remembers nothing that the trials' own folders do not hold: a new driver reads there which trials came to
which rung, with what, and how it was decided.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from ray.tune.execution.tune_controller import TuneController
from ray.tune.experiment import Trial as TuneTrial
from ray.tune.schedulers import FIFOScheduler, TrialScheduler

from study.config.early_stopping import EarlyStopping
from study.config.plan import StudyPlan
from study.config.space import minimised
from study.pareto.ranking import TieBreak, ranking
from study.records.folder import StudyFolder, TrialFolder
from study.records.outcome import Outcome
from study.records.table import RUNG, VALIDATION
from study.search import NotSaved
from study.search.shutdown import Shutdown
from study.system.files import read_json, write_json


@dataclass(frozen=True)
class Standing:
    """The rank of a trial at a rung: its place, from 1, among `of` trials, and whether it continues."""

    place: int
    of: int
    goes_on: bool


class Halving:
    """The rungs of a study. `group` is what a trial is compared within: its family, where a study balances these."""

    def __init__(self, reduction_factor: float, tie_break: TieBreak = "epsilon-net") -> None:
        self.reduction_factor = reduction_factor
        self.tie_break: TieBreak = tie_break
        self._rungs: dict[tuple[Hashable, int], dict[int, tuple[float, ...]]] = defaultdict(dict)

    def record(self, trial: int, group: Hashable, rung: int, values: Sequence[float]) -> None:
        """Record the values (m,) of a trial at a rung, all to be minimised. They replace earlier ones of it there."""
        self._rungs[group, rung][trial] = tuple(values)

    def standing(self, trial: int, group: Hashable, rung: int) -> Standing:
        """The current rank of a trial that has come to this rung. ⌈n/η⌉ of n continue, so the first one does."""
        values = self._rungs[group, rung]
        order = ranking(np.array(list(values.values())), self.tie_break)
        place = int(np.flatnonzero(order == list(values).index(trial))[0]) + 1
        return Standing(place, len(values), place <= math.ceil(len(values) / self.reduction_factor))


class StopAtRungs(NotSaved, FIFOScheduler):
    """Writes the outcome of a trial that is stopped, pruned, before Ray stops it: the searcher finds it there."""

    def __init__(self, plan: StudyPlan, stopping: EarlyStopping, folder: StudyFolder, shutdown: Shutdown) -> None:
        super().__init__()
        self.plan = plan
        self.folder = folder
        self.shutdown = shutdown
        self.halving = Halving(stopping.reduction_factor, stopping.tie_break)

    def recall(self, settings: Mapping[int, Mapping[str, Any]]) -> None:
        """Take in what the trials with these settings, by number, have left in their folders."""
        for number, its in settings.items():
            for line in self.folder.trial(number).read_metrics(having=f'"{RUNG}"'):
                if RUNG in line:
                    self.halving.record(number, self._group(its), int(line[RUNG]), self._values(line))

    def on_trial_result(self, tune_controller: TuneController, trial: TuneTrial, result: dict[str, Any]) -> str:
        if RUNG not in result:
            return TrialScheduler.CONTINUE
        stopped = self.shutdown.guarded(self._judge, trial.config, result)  # None where the disk fails: the study ends
        return TrialScheduler.STOP if stopped else TrialScheduler.CONTINUE

    def _judge(self, job: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
        """Whether the trial of this job, which has come to a rung, is stopped."""
        number, group, rung = job["number"], self._group(job["config"]), int(result[RUNG])
        standing = self._standing(number, group, rung, self._values(result))
        if not standing.goes_on:
            self._stop(self.folder.trial(number), rung, group, standing, result)
        return not standing.goes_on

    def _standing(self, number: int, group: str, rung: int, values: Sequence[float]) -> Standing:
        """The rank of the trial when it came to this rung for the first time.

        A trial that was killed comes to it again if it had no checkpoint since, and is not judged again.
        """
        self.halving.record(number, group, rung, values)
        folder = self.folder.trial(number)
        decided = _decided(folder)
        if str(rung) not in decided:
            decided[str(rung)] = self.halving.standing(number, group, rung)
            write_json(folder.rungs, {at: asdict(standing) for at, standing in decided.items()})
        return decided[str(rung)]

    def _stop(self, folder: TrialFolder, rung: int, group: str, standing: Standing, result: Mapping[str, Any]) -> None:
        among = f"{standing.of} {group}".strip() + " trials"
        metrics = {f"{RUNG}_{o.name}": float(result[VALIDATION + o.name]) for o in self.plan.space.objectives}
        Outcome(
            "pruned",
            reason=f"stopped after {rung:,} images: place {standing.place} of {among}",
            metrics={RUNG: float(rung), **metrics},
            seconds={"training": round(float(result["seconds"]), 3)},
        ).write(folder)
        folder.forget_progress()

    def _group(self, settings: Mapping[str, Any]) -> str:
        return str(settings[self.plan.space.balance]) if self.plan.space.balance else ""

    def _values(self, measured: Mapping[str, Any]) -> list[float]:
        values: list[float] = minimised(measured, self.plan.space.objectives, VALIDATION).tolist()
        return values


def _decided(folder: TrialFolder) -> dict[str, Standing]:
    """The decisions about a trial by rung. A file that cannot be read costs the decisions, not the trial."""
    try:
        return {rung: Standing(**standing) for rung, standing in read_json(folder.rungs).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
