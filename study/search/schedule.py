"""Running a whole study: Ray schedules the trials that `StudySearch` proposes, until the plan's number has ended."""

import gc
import logging
import os
import shutil
import signal
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Self

import optuna
from ray import tune
from ray.tune.experiment import Trial as TuneTrial

from study.config import StudyPlan
from study.errors import Interrupted
from study.folder import StudyFolder
from study.search import cluster, storage, worker
from study.search.resources import Resources
from study.search.searcher import NotSaved, StudySearch
from study.search.share import Share

RELAUNCHES_WITHOUT_PROGRESS = 3
"""Ray ends a whole run on some errors of one worker (out of memory); it is started again unless nothing moves on."""

MOST_FAILURES = 100
"""How often Ray Tune starts a trial anew. It counts lost nodes too, so `study.search.attempts` decides, long before."""


@dataclass(frozen=True)
class Listener:
    """What the schedule tells while it runs. Calls come from the driver's main thread and must return at once."""

    started: Callable[[int, dict[str, Any]], None] = lambda number, settings: None
    progressed: Callable[[int, dict[str, Any]], None] = lambda number, result: None
    ended: Callable[[int, Any], None] = lambda number, outcome: None


def run(study: optuna.Study, plan: StudyPlan, folder: StudyFolder, resources: Resources, listener: Listener) -> None:
    """Run the trials that the plan still lacks. `Interrupted` on SIGINT, SIGTERM or SIGHUP."""
    if storage.is_done(study, plan):
        return
    with cluster.running(resources) as share:
        launch = uuid.uuid4().hex
        stuck = 0
        with _Signals() as signals:
            while not storage.is_done(study, plan) and stuck < RELAUNCHES_WITHOUT_PROGRESS:
                before = len(storage.ended(study))
                _fit(study, plan, folder, resources, listener, share, launch, signals)
                stuck = 0 if len(storage.ended(study)) > before else stuck + 1


def _fit(
    study: optuna.Study,
    plan: StudyPlan,
    folder: StudyFolder,
    resources: Resources,
    listener: Listener,
    share: Share,
    launch: str,
    signals: "_Signals",
) -> None:
    """One run of Ray Tune. Its own end, good or bad, decides nothing: the storage does."""

    def job(number: int, settings: dict[str, Any]) -> dict[str, Any]:
        listener.started(number, settings)
        return {
            "number": number,
            "config": settings,
            "folder": str(folder.trial(number).path.resolve()),
            "data_root": str(resources.data_root.resolve()) if resources.data_root else None,
            "device": "cuda" if share.gpus else "cpu",
            "metrics": list(plan.space.computed),
            "objectives": [objective.name for objective in plan.space.objectives],
            "threads": share.threads,
            "timeout": resources.timeout,
            "launch": launch,
        }

    tuner = tune.Tuner(
        tune.with_resources(worker.train, {"cpu": share.cpus, "gpu": share.gpus}),
        tune_config=tune.TuneConfig(
            search_alg=StudySearch(study, plan, folder, job, listener.ended),
            num_samples=-1,
            max_concurrent_trials=share.concurrent,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(
            name="tune",
            storage_path=str(folder.ray.resolve()),
            verbose=0,
            callbacks=[_Callback(listener, signals)],
            failure_config=tune.FailureConfig(max_failures=MOST_FAILURES),
            checkpoint_config=tune.CheckpointConfig(),
        ),
    )
    try:
        tuner.fit()
    except (RuntimeError, tune.TuneError) as error:
        logging.getLogger("study").warning("Ray Tune ended early and is started again: %s", error)
    except Interrupted:
        pass  # raised anew below: this one's traceback keeps Tune alive, and with it the workers
    finally:
        shutil.rmtree(folder.ray, ignore_errors=True)
    gc.collect()
    signals.check()


class _Signals:
    """SIGINT, SIGTERM and SIGHUP, remembered until Tune's loop can end: an exception inside Ray's own code is lost.

    Set after Ray's handlers, one of which aborts. A second signal ends the process at once.
    """

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.received: str | None = None

    def __enter__(self) -> Self:
        self._before = [signal.signal(number, self._receive) for number in self.NUMBERS]
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in zip(self.NUMBERS, self._before, strict=True):
            signal.signal(number, handler)

    def check(self) -> None:
        """`Interrupted` if a signal has come."""
        if self.received is not None:
            raise Interrupted(self.received)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None:
            os._exit(128 + number)
        self.received = signal.Signals(number).name


class _Callback(NotSaved, tune.Callback):
    """Hands every report of a trial to the listener, and ends Tune's loop when a signal has come."""

    def __init__(self, listener: Listener, signals: _Signals) -> None:
        self.listener = listener
        self.signals = signals

    def on_step_begin(self, iteration: int, trials: list[TuneTrial], **info: Any) -> None:
        self.signals.check()

    def on_trial_result(
        self, iteration: int, trials: list[TuneTrial], trial: TuneTrial, result: dict[str, Any], **info: Any
    ) -> None:
        if "step" in result:
            self.listener.progressed(trial.config["number"], result)
