"""StudySearch: Ray Tune asks it what to run; it asks the Optuna study, and tells it what became of each trial.

Stock `OptunaSearch` leaves a trial RUNNING for ever when a value is NaN or missing, lets infinite values onto the
front, and is restored from snapshots that go stale. This one remembers nothing that is not in the storage.
"""

from collections.abc import Callable
from typing import Any

import optuna
from ray.tune.search import Searcher

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.search import NotSaved, proposals, storage, warm_start
from study.search.shutdown import Shutdown
from study.search.worker import HALT


class StudySearch(NotSaved, Searcher):
    """Proposes trials until the plan's number of them has ended; takes up orphans of an earlier driver first.

    `job` makes Ray's configuration of a trial number and its settings. `told` is called after each trial has ended.
    Errors of the disk or the storage are left to `shutdown`; no trial gets a result for them.
    """

    def __init__(
        self,
        study: optuna.Study,
        plan: StudyPlan,
        folder: StudyFolder,
        job: Callable[[int, dict[str, Any]], dict[str, Any]],
        told: Callable[[int, Outcome], None],
        shutdown: Shutdown,
    ) -> None:
        super().__init__()
        self.study = study
        self.plan = plan
        self.folder = folder
        self.job = job
        self.told = told
        self.shutdown = shutdown
        self.numbers: dict[str, int] = {}
        self.orphans = storage.running_trials(study)
        lesson = warm_start.recall_lesson(plan, folder)
        self.learnt = warm_start.as_trials(lesson, plan) if lesson else []

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:  # type: ignore[override]  # FINISHED is a str
        return self.shutdown.guarded(self._suggest, trial_id)  # nothing where the storage fails: the study ends

    def _suggest(self, trial_id: str) -> dict[str, Any] | str:
        """A trial that was interrupted, else a new one; `FINISHED` if there are as many as planned."""
        while self.orphans:
            trial = proposals.adopt(self.study, self.plan, self.orphans.pop(0))
            if not self._settle(trial.number):
                return self._start(trial_id, trial)
        if len(storage.ended(self.study)) + len(storage.running_trials(self.study)) >= self.plan.trials:
            return str(Searcher.FINISHED)
        return self._start(trial_id, proposals.propose(self.study, self.plan, self.learnt))

    def on_trial_complete(self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False) -> None:
        """Tell the study. Its outcome is in the trial's folder, but for the reason why it could not write there."""
        number = self.numbers.pop(trial_id, None)
        if number is None:
            return
        if result and HALT in result:
            self.shutdown.halt(result[HALT])
            return
        self.shutdown.guarded(self._conclude, number)

    def _start(self, trial_id: str, trial: optuna.Trial) -> dict[str, Any]:
        self.numbers[trial_id] = trial.number
        return self.job(trial.number, trial.user_attrs[storage.CONFIG])

    def _conclude(self, number: int) -> None:
        if not self._settle(number):
            reason = "its process ended without an outcome"
            self._tell(number, Outcome("failed", reason=reason).write(self.folder.trial(number)))

    def _settle(self, number: int) -> bool:
        outcome = Outcome.read(self.folder.trial(number))
        if outcome is not None:
            self._tell(number, outcome)
        return outcome is not None

    def _tell(self, number: int, outcome: Outcome) -> None:
        storage.tell(self.study, self.plan, number, outcome, self.folder)
        self.told(number, outcome)

    def save_to_dir(self, checkpoint_dir: str, session_str: str = "default") -> None:
        """Nothing to save: the storage has it."""

    def restore_from_dir(self, checkpoint_dir: str) -> None:
        """Nothing to restore."""

    def save(self, checkpoint_path: str) -> None:
        """Nothing to save."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing to restore."""
