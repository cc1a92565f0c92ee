"""Running a whole study: Ray schedules the trials that `StudySearch` proposes, until the plan's number has ended."""

import gc
import logging
import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import optuna
from ray import tune
from ray.tune.experiment import Trial as TuneTrial
from ray.tune.schedulers import FIFOScheduler

from study.config.plan import StudyPlan
from study.config.plugins import shipped, sources
from study.config.trial import TrialConfig
from study.records.folder import StudyFolder
from study.search import NotSaved, cluster, storage, worker, worker_deaths
from study.search.allocation import Resources, Share
from study.search.searcher import StudySearch
from study.search.shutdown import Shutdown
from study.search.stop_at_rungs import StopAtRungs
from study.search.watchdog import Watchdog
from study.search.worker_deaths import MAX_ATTEMPTS
from study.system.errors import Halted, Interrupted, first_line
from study.system.files import write_atomically
from study.system.signals import check_interrupted

MOST_FAILURES = 100
"""Restarts of a trial by Ray Tune. It counts lost nodes too, so `study.search.worker_deaths` decides, long before."""


@dataclass(frozen=True)
class ScheduleListener:
    """Callbacks of a running schedule. They are called in the driver's main thread and must return at once."""

    started: Callable[[int, dict[str, Any]], None] = lambda number, settings: None
    progressed: Callable[[int, dict[str, Any]], None] = lambda number, result: None
    ended: Callable[[int, Any], None] = lambda number, outcome: None


def run_trials(
    study: optuna.Study, plan: StudyPlan, folder: StudyFolder, resources: Resources, listener: ScheduleListener
) -> None:
    """Run the trials that the plan still lacks. `Interrupted` on SIGINT, SIGTERM or SIGHUP.

    Ray ends a whole run of Tune on some errors of one worker (out of memory). Tune is then run again: `Halted` if that
    lasts longer than every trial under way may be tried, and none has ended.
    """
    if storage.is_done(study, plan):
        return
    with cluster.connected(resources, shipped=shipped(plan.plugins)) as share, Shutdown() as shutdown:
        check_interrupted()
        launch = _Launch(study, plan, folder, resources, listener, share, shutdown)
        number, stuck = 0, 0
        while not storage.is_done(study, plan):
            before = len(storage.ended(study))
            error = launch.fit(number)
            number, stuck = number + 1, 0 if len(storage.ended(study)) > before else stuck + 1
            if stuck > MAX_ATTEMPTS * max(1, len(storage.running_trials(study))):
                raise Halted(f"Ray Tune ended {stuck} times before any trial did; the last time: {error}")


@dataclass(frozen=True)
class _Launch:
    """The common state of a launch's runs of Ray Tune."""

    study: optuna.Study
    plan: StudyPlan
    folder: StudyFolder
    resources: Resources
    listener: ScheduleListener
    share: Share
    shutdown: Shutdown
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    def fit(self, run: int) -> str:
        """One run, and in words the error that ended it, if one did. That decides nothing: the storage does."""
        error_in_words = ""
        tuner = self._tuner(run)
        try:
            self.shutdown.guarded(tuner.fit)
        except Interrupted:
            pass  # raised anew below, where no traceback keeps Tune alive, and with it the workers
        except Exception as error:
            error_in_words = first_line(error, 300)
            self._settle(error, error_in_words, run)
        finally:
            shutil.rmtree(self.folder.ray, ignore_errors=True)
        del tuner
        gc.collect()
        self.shutdown.check()
        return error_in_words

    def _settle(self, error: Exception, words: str, run: int) -> None:
        """Handle an error of Ray Tune for the trials under way; errors of another kind are raised again."""
        if self.shutdown.received is not None:
            return  # the signal may have reached Ray's processes too, and then anything fails
        if not isinstance(error, RuntimeError | tune.TuneError):
            raise error
        logging.getLogger("study").warning("Ray Tune ended early and is started again: %s", words)
        under_way = [self.folder.trial(trial.number) for trial in storage.running_trials(self.study)]
        worker_deaths.settle_out_of_memory(str(error), under_way, self.name, run)

    def _tuner(self, run: int) -> tune.Tuner:
        search = StudySearch(
            self.study, self.plan, self.folder, partial(self._job, run), self.listener.ended, self.shutdown
        )
        watch = Watchdog(self.resources.timeout, self.resources.stall)
        return tune.Tuner(
            tune.with_resources(worker.train, {"cpu": self.share.cpus, "gpu": self.share.gpus}),
            tune_config=tune.TuneConfig(
                search_alg=search,
                scheduler=self._scheduler(),
                num_samples=-1,
                max_concurrent_trials=self.share.concurrent,
                reuse_actors=True,
            ),
            run_config=tune.RunConfig(
                name="tune",
                storage_path=str(self.folder.ray.resolve()),
                verbose=0,
                progress_reporter=_Silent(),
                callbacks=[_Callback(self.folder, self.listener, watch, self.shutdown)],
                failure_config=tune.FailureConfig(max_failures=MOST_FAILURES),
                checkpoint_config=tune.CheckpointConfig(),
            ),
        )

    def _scheduler(self) -> FIFOScheduler:
        stopping = self.plan.early_stopping
        if stopping is None or not self.plan.stopping:
            return FIFOScheduler()
        scheduler = StopAtRungs(self.plan, stopping, self.folder, self.shutdown)
        trials = self.study.get_trials(deepcopy=False)
        scheduler.recall({t.number: t.user_attrs[storage.CONFIG] for t in trials if storage.CONFIG in t.user_attrs})
        return scheduler

    def _job(self, run: int, number: int, settings: dict[str, Any]) -> dict[str, Any]:
        """The argument of `worker.train`: plain values."""
        self.listener.started(number, settings)
        data_root, stopping = self.resources.data_root, self.plan.early_stopping
        return {
            "number": number,
            "config": settings,
            "plugins": [asdict(source) for source in sources(self.plan.plugins)],
            "folder": str(self.folder.trial(number).path.resolve()),
            "data_root": str(data_root.resolve()) if data_root else None,
            "device": "cuda" if self.share.gpus else "cpu",
            "metrics": list(self.plan.space.computed),
            "objectives": [objective.name for objective in self.plan.space.objectives],
            "rungs": stopping.steps(TrialConfig(**settings)) if stopping else {},
            "threads": self.share.threads,
            "checkpoint_seconds": self.resources.checkpoint,
            "launch": self.name,
            "run": run,
        }


class _Silent(NotSaved, tune.ProgressReporter):
    """Tune's own report, which in a notebook would replace the cell's output, even where nothing is to be said."""

    def should_report(self, trials: list[TuneTrial], done: bool = False) -> bool:
        return False

    def report(self, trials: list[TuneTrial], done: bool, *sys_info: str) -> None:
        """Nothing is said."""


class _Callback(NotSaved, tune.Callback):
    """Hands every report of a trial to the listener, keeps the watch, and ends Tune's loop when the run is to end."""

    def __init__(self, folder: StudyFolder, listener: ScheduleListener, watch: Watchdog, shutdown: Shutdown) -> None:
        self.folder = folder
        self.listener = listener
        self.watch = watch
        self.shutdown = shutdown

    def on_step_begin(self, iteration: int, trials: list[TuneTrial], **info: Any) -> None:
        self.shutdown.guarded(self.watch.look)
        self.shutdown.check()

    def on_trial_start(self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, **info: Any) -> None:
        self.watch.begun(trial, self.folder.trial(trial.config["number"]))

    def on_trial_complete(self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, **info: Any) -> None:
        self.watch.ended(trial)

    def on_trial_recover(self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, **info: Any) -> None:
        self._failed(trial)  # and begins again

    def on_trial_error(self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, **info: Any) -> None:
        self._failed(trial)

    def _failed(self, trial: TuneTrial) -> None:
        """Keep Ray's words on what ended a worker that has left none of its own: it may not even have been imported."""
        self.watch.ended(trial)
        error = self.folder.trial(trial.config["number"]).error
        if trial.error_file is not None and not error.exists():
            self.shutdown.guarded(_copy, Path(trial.error_file), error)

    def on_trial_result(
        self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, result: dict[str, Any], **info: Any
    ) -> None:
        if "step" in result:
            self.shutdown.guarded(self.listener.progressed, trial.config["number"], result)


def _copy(source: Path, target: Path) -> None:
    """Copy a text, if it is there."""
    with suppress(FileNotFoundError):
        write_atomically(target, source.read_text(encoding="utf-8", errors="replace"))
