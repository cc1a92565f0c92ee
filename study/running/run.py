"""Running a study from its plan to its report: search, records, tracking and weights kept together."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from study.config.plan import StudyPlan
from study.config.plugins import shipped
from study.config.space import minimised
from study.config.trial import TrialConfig
from study.data import load
from study.pareto.dominance import non_dominated
from study.records.folder import Keep, StudyFolder
from study.records.lock import only_one
from study.records.table import RecordsFile, TrialRecord, write_importances
from study.running import preflight
from study.search.allocation import Resources
from study.system import full_disk
from study.system.errors import Halted, InputError, Interrupted
from study.tracking.background import Background
from study.tracking.content import Conclusion, StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.store import check_store, load_mlflow, open_store, ui_command
from study.tracking.view import trials_url

if TYPE_CHECKING:
    from study.report.write import ReportSummary
    from study.search.warm_start import Lesson

TRACKING_SECONDS = 60.0
"""Seconds that the end of a study waits for MLflow to take what it lacks: more than a slow server needs."""

INTERRUPTED_SECONDS = 5.0
"""The same when the user wants the command to end; the next launch sends the rest."""


@dataclass(frozen=True)
class Options:
    """Options of a launch in addition to the plan: where and how trials run. They change no trial's result."""

    resources: Resources
    storage: str | None = None
    tracking_uri: str | None = None
    keep: Keep = "front"
    retry_failed: bool = False


@dataclass(frozen=True)
class Listener:
    """Callbacks while a study runs: sentences, and every change of a trial.

    `opened` gets the records that are there before the first trial starts; its context is left after the last one.
    """

    say: Callable[[str], None] = lambda sentence: None
    opened: Callable[[Sequence[TrialRecord]], AbstractContextManager[None]] = lambda records: nullcontext()
    started: Callable[[int, dict[str, Any]], None] = lambda number, settings: None
    progressed: Callable[[int, dict[str, Any]], None] = lambda number, result: None
    ended: Callable[[TrialRecord], None] = lambda record: None
    busy: Callable[[str], AbstractContextManager[Any]] = lambda what: nullcontext()
    """Entered while something takes seconds, with what it is."""


@dataclass(frozen=True)
class LaunchResult:
    """The result of a launch: the records, the report, and where to look."""

    records: list[TrialRecord]
    report: "ReportSummary"
    tracking_command: str
    trials_url: str | None
    tracking_error: str | None


def resume_plan(folder: StudyFolder, plan: StudyPlan, trials: int | None) -> tuple[StudyPlan, bool]:
    """The plan to run in this folder, and whether a study is already there.

    An existing study is resumed with as many trials as it had, or with more, and with the points and the warm start
    that it began with, named again or not. `InputError` if it is another one.
    """
    if not folder.plan.exists():
        return plan, False
    earlier = StudyPlan.load(folder.plan)
    if not plan.points:
        plan = plan.model_copy(update={"points": earlier.points})
    if plan.warm_start is None:
        plan = plan.model_copy(update={"warm_start": earlier.warm_start})
    difference = earlier.difference(plan)
    if difference:
        raise InputError(f"{folder.path} holds another study: {difference}; use another --name for this one")
    if trials is not None and trials < earlier.trials:
        raise InputError(f"--trials: received {trials}; {folder.path} has {earlier.trials}, and can only get more")
    return (plan if trials is not None else earlier), True


def run_study(
    plan: StudyPlan, folder: StudyFolder, options: Options, listener: Listener, lesson: "Lesson | None" = None
) -> LaunchResult:
    """Run what the plan still lacks, then report. `Busy`, `InputError`, `Interrupted` or `Halted` where it does not.

    `lesson` is what the plan's warm start names; the study's folder has it if the study is resumed.

    Everything that can be refused is refused before anything is written into the folder.
    """
    from study.search import cluster, ownership, retry_failed, storage  # imports Optuna

    url = options.storage or storage.default_url(folder)
    dataset = load(plan.space.dataset, options.resources.data_root)
    listener.say(f"data: {dataset.source}, SHA-256 {dataset.checksum[:12]}…")
    preflight.check_surroundings(plan)
    if options.storage is not None:
        storage.check(options.storage)
    ownership.check(url, plan, folder)
    check_store(options.tracking_uri, folder.path.parent)
    with (
        only_one(folder, "wait for it, or use another --name"),
        full_disk.halting(),
        storage.halting(),
        cluster.halting(),
        _services(plan, folder, options, listener) as tracking_uri,
        ownership.holding(url, plan, folder, listener.say) as holding,
    ):
        from study.search import schedule  # imports Ray Tune

        if options.retry_failed:
            retry_failed.reopen(url, plan, folder)
        study = storage.open_study(plan, folder, url)
        records = storage.records(study, folder)
        if lesson is not None:
            lesson.save(folder)
        plan.save(folder.plan)
        mirror = Background(Mirror(plan, folder, tracking_uri))
        state = _State(plan, folder, options.keep, mirror, records)
        try:
            with listener.opened(state.records):

                def started(number: int, settings: dict[str, Any]) -> None:
                    holding.check()
                    listener.started(number, settings)
                    state.started(number, settings)

                def progressed(number: int, result: dict[str, Any]) -> None:
                    holding.check()
                    listener.progressed(number, result)
                    state.progressed()

                def ended(number: int, outcome: Any) -> None:
                    record = storage.record(study, folder, number)
                    state.ended(record)
                    listener.ended(record)

                schedule.run_trials(
                    study, plan, folder, options.resources, schedule.ScheduleListener(started, progressed, ended)
                )
        except (Interrupted, Halted):
            with suppress(OSError):  # the disk may be why
                state.file.write(state.records)
            state.tell_tracking(Conclusion(interrupted=True))
            mirror.close(INTERRUPTED_SECONDS)
            raise
        with listener.busy("writing the report …"):
            return _conclude(state, lambda: storage.records(study, folder), tracking_uri)


@contextmanager
def _services(plan: StudyPlan, folder: StudyFolder, options: Options, listener: Listener) -> Iterator[str]:
    """MLflow's store, whose URI is given, and Ray unless no trial is lacking. MLflow is imported while Ray starts."""
    from study.search import storage

    if storage.was_done(plan, folder, options.storage, options.retry_failed):
        yield open_store(options.tracking_uri, folder.path.parent)
        return
    from study.search import cluster  # imports Ray

    with ThreadPoolExecutor(1) as beside, ExitStack() as held:
        with listener.busy("starting Ray and MLflow …"):
            importing = beside.submit(load_mlflow)
            held.enter_context(cluster.connected(options.resources, listener.say, shipped(plan.plugins)))
            importing.result()
            uri = open_store(options.tracking_uri, folder.path.parent)
        yield uri


class _State:
    """The study as it stands, and what follows from a change: records written, weights dropped, tracking told.

    Records of ended trials do not change while the study runs, and a trial that has left a front never comes back to
    it: when one more has ended, only it and those on the fronts are looked at, however many there are.
    """

    def __init__(
        self,
        plan: StudyPlan,
        folder: StudyFolder,
        keep: Keep,
        mirror: Background,
        records: list[TrialRecord],
    ) -> None:
        self.plan = plan
        self.folder = folder
        self.keep = keep
        self.mirror = mirror
        self.file = RecordsFile(folder.records)
        self.running: dict[int, TrialConfig] = {}
        self.take(records)

    def take(self, records: list[TrialRecord]) -> None:
        self.records = records
        self.contenders = family_fronts(self.plan, records)
        self.front = front(self.plan, self.contenders)

    def started(self, number: int, settings: dict[str, Any]) -> None:
        self.running[number] = TrialConfig(**settings)
        self.tell_tracking()

    def progressed(self) -> None:
        self.file.catch_up(self.records)
        self.tell_tracking()

    def ended(self, record: TrialRecord) -> None:
        self.running.pop(record.trial, None)
        # A list of its own: tracking still has the one before.
        self.records = sorted([*self.records, record], key=lambda record: record.trial)
        before = [*self.contenders, record]
        self.contenders = family_fronts(self.plan, before)
        self.front = front(self.plan, self.contenders)
        keep_weights(self.plan, self.folder, before, self.keep)
        self.file.changed(self.records)
        self.tell_tracking()

    def tell_tracking(self, conclusion: Conclusion | None = None) -> None:
        self.mirror.notify(StudyProgress(self.records, dict(self.running), self.front, conclusion))


def _conclude(state: _State, records: Callable[[], list[TrialRecord]], tracking_uri: str) -> LaunchResult:
    """Records with their MLflow runs, then the report, then tracking with the report: each needs the one before."""
    from study.report.write import write_report  # imports Matplotlib

    state.take(records())
    state.file.write(state.records)
    keep_weights(state.plan, state.folder, state.records, state.keep)
    state.tell_tracking()
    state.mirror.flush(TRACKING_SECONDS)
    linked = records()
    if linked != state.records:
        state.take(linked)
        state.file.write(linked)
    renew_importances(state.plan, state.folder, state.records)
    report = write_report([state.folder.path])
    state.tell_tracking(conclusion_of(report))
    sent = state.mirror.close(TRACKING_SECONDS)
    error = None if sent else state.mirror.mirror.error or "no answer in time"
    return LaunchResult(state.records, report, ui_command(tracking_uri), trials_url(state.folder), error)


def conclusion_of(report: "ReportSummary", interrupted: bool = False) -> Conclusion:
    """The conclusion that MLflow shows of a study that has its report."""
    return Conclusion(interrupted, " ".join(report.result), report.hypervolumes, report.hypervolume)


def renew_importances(plan: StudyPlan, folder: StudyFolder, records: Sequence[TrialRecord]) -> None:
    """`importances.csv`, of these records."""
    from study.search.importances import importances  # imports Optuna and scikit-learn

    write_importances(importances(records, plan.space), folder.importances)


def front(plan: StudyPlan, records: Sequence[TrialRecord]) -> set[int]:
    """Numbers of the complete trials that no other dominates, on test images."""
    complete = [record for record in records if record.state == "complete"]
    if not complete:
        return set()
    values = np.array([minimised(record.metrics, plan.space.objectives) for record in complete])
    return {record.trial for record, on_front in zip(complete, non_dominated(values), strict=True) if on_front}


def family_fronts(plan: StudyPlan, records: Sequence[TrialRecord]) -> list[TrialRecord]:
    """The records on their own family's front, which include those on the front of all."""
    families = {record.config.family for record in records}
    numbers = set().union(*(front(plan, [r for r in records if r.config.family == family]) for family in families))
    return [record for record in records if record.trial in numbers]


def keep_weights(plan: StudyPlan, folder: StudyFolder, records: Sequence[TrialRecord], keep: Keep) -> None:
    """Remove the weights of these trials that are not to be kept: `front` keeps those of each family's own front.

    A trial that has left its front never comes back to it, so that this can be done while the study runs.
    """
    if keep == "all":
        return
    kept = {record.trial for record in family_fronts(plan, records)} if keep == "front" else set()
    for record in records:
        if record.trial not in kept:
            folder.trial(record.trial).weights.unlink(missing_ok=True)
