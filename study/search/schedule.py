"""Running a whole study: Ray schedules the trials that `StudySearch` proposes, until the plan's number has ended."""

import gc
import logging
import os
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Self

import optuna

from study.config import StudyPlan
from study.errors import InputError, Interrupted
from study.folder import StudyFolder
from study.memory import ENVIRONMENT
from study.search import storage

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_CHDIR_TO_TRIAL_DIR", "0")
os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")  # no scrolling tables
os.environ.setdefault("TUNE_DISABLE_AUTO_CALLBACK_LOGGERS", "1")  # our own files are the log
os.environ.setdefault("TUNE_DISABLE_SIGINT_HANDLER", "1")  # Tune's would end `fit` as if all had gone well
os.environ.setdefault("TUNE_DISABLE_STRICT_METRIC_CHECKING", "1")
os.environ.setdefault("TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S", "0")

import ray
from ray import tune
from ray.tune.experiment import Trial as TuneTrial

from study.search import worker
from study.search.resources import Resources
from study.search.searcher import NotSaved, StudySearch

OBJECT_STORE_BYTES = 200 * 2**20
"""Ray's shared memory: data are memory-mapped files and results are small, so that it holds next to nothing."""

RELAUNCHES_WITHOUT_PROGRESS = 3
"""Ray ends a whole run on some errors of one worker (out of memory); it is started again unless nothing moves on."""


@dataclass(frozen=True)
class Listener:
    """What the schedule tells while it runs. Calls come from the driver's main thread and must return at once."""

    started: Callable[[int, dict[str, Any]], None] = lambda number, settings: None
    progressed: Callable[[int, dict[str, Any]], None] = lambda number, result: None
    ended: Callable[[int, Any], None] = lambda number, outcome: None


def run(study: optuna.Study, plan: StudyPlan, folder: StudyFolder, resources: Resources, listener: Listener) -> None:
    """Run the trials that the plan still lacks. `Interrupted` on SIGINT, SIGTERM or SIGHUP."""
    if _is_done(study, plan):
        return
    with _ray(resources.address):
        share = _share(resources)
        launch = uuid.uuid4().hex
        stuck = 0
        with _Signals() as signals:
            while not _is_done(study, plan) and stuck < RELAUNCHES_WITHOUT_PROGRESS:
                before = len(storage.ended(study))
                _fit(study, plan, folder, resources, listener, share, launch, signals)
                stuck = 0 if len(storage.ended(study)) > before else stuck + 1


@dataclass(frozen=True)
class _Share:
    concurrent: int
    cpus: float
    gpus: float

    @property
    def threads(self) -> int:
        return max(1, int(self.cpus))


def _share(resources: Resources) -> _Share:
    """Each trial's part of what Ray has: one trial a core, or as many a GPU as the fraction says."""
    total = ray.cluster_resources()
    cpus, gpus = total.get("CPU", 1.0), total.get("GPU", 0.0)
    gpus_per_trial = resources.gpus_per_trial if resources.gpus_per_trial is not None else min(gpus, 1.0)
    if gpus_per_trial > gpus:
        raise InputError(f"--gpus-per-trial: received {gpus_per_trial:g}; Ray has {gpus:g}")
    by_gpu = int(gpus / gpus_per_trial) if gpus_per_trial else None
    concurrent = resources.concurrent or by_gpu or max(1, int(cpus))
    return _Share(concurrent, cpus=max(cpus / concurrent, 0.01), gpus=gpus_per_trial)


def _fit(
    study: optuna.Study,
    plan: StudyPlan,
    folder: StudyFolder,
    resources: Resources,
    listener: Listener,
    share: _Share,
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
            failure_config=tune.FailureConfig(max_failures=worker.MAX_ATTEMPTS),
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


def _is_done(study: optuna.Study, plan: StudyPlan) -> bool:
    return len(storage.ended(study)) >= plan.trials


@contextmanager
def _ray(address: str | None) -> Iterator[None]:
    """Ray for the time of the study, unless the process has one already (the tests do)."""
    if ray.is_initialized():
        yield
        return
    for name in ("ray", "ray.tune", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        if address is None:
            for name, value in {"RAY_AUTH_MODE": "disabled", **ENVIRONMENT}.items():
                os.environ.setdefault(name, value)  # Ray's processes inherit it
            ray.init(
                address="local",
                include_dashboard=False,
                object_store_memory=OBJECT_STORE_BYTES,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        else:
            runtime_env = {"env_vars": ENVIRONMENT}
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, runtime_env=runtime_env)
    except (ConnectionError, ValueError) as error:
        raise InputError(f"--address: received {address!r}; {' '.join(str(error).split())}") from None
    try:
        yield
    finally:
        ray.shutdown()
