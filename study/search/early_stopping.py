"""StopAtRungs: Ray Tune's scheduler that ends a trial which falls behind at a rung, for several objectives at once.

It remembers nothing that the trials' own folders do not hold: a new driver reads there who came to which rung, and
with what.
"""

from collections.abc import Mapping
from typing import Any

from ray.tune.execution.tune_controller import TuneController
from ray.tune.experiment import Trial as TuneTrial
from ray.tune.schedulers import FIFOScheduler, TrialScheduler

from study.config import EarlyStopping, StudyPlan
from study.folder import StudyFolder, TrialFolder
from study.outcome import Outcome
from study.records import RUNG, VALIDATION
from study.search.ending import Ending
from study.search.halving import Halving, Standing
from study.search.not_saved import NotSaved


class StopAtRungs(NotSaved, FIFOScheduler):
    """Writes the outcome of a trial that is stopped, pruned, before Ray is told: the searcher finds it there."""

    def __init__(self, plan: StudyPlan, stopping: EarlyStopping, folder: StudyFolder, ending: Ending) -> None:
        super().__init__()
        self.plan = plan
        self.folder = folder
        self.ending = ending
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
        number, group, rung = trial.config["number"], self._group(trial.config["config"]), int(result[RUNG])
        self.halving.record(number, group, rung, self._values(result))
        standing = self.halving.standing(number, group, rung)
        if standing.goes_on:
            return TrialScheduler.CONTINUE
        with self.ending.guarded():
            self._stop(self.folder.trial(number), rung, group, standing, result)
            return TrialScheduler.STOP
        return TrialScheduler.CONTINUE  # the disk failed, and the study ends for it

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
        return [o.sign * float(measured[VALIDATION + o.name]) for o in self.plan.space.objectives]
