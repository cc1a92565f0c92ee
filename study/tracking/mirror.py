"""Mirror: shows a study in MLflow. It can be replayed: what is there already is found again, what is missing is sent.

MLflow is never in the path of a trial. A trial writes to its own folder, the search to its own storage; from these
two a mirror fills one experiment per study name, one parent run per study, one nested run per trial. The mirror
remembers nothing that matters: at every connection it asks the store what is there, by tags (`study_id`, `trial`),
so a killed launch, an outage, a lost note or an emptied store all have the same cure, which is the next `sync`.

A point of a curve is sent if its step is beyond the last that the store has of that metric. So a trial that continued
from an earlier checkpoint, and wrote some steps a second time, has each step once (with the first time it was seen).
"""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.data import DATASETS
from study.records.folder import StudyFolder, TrialFolder, read_note, write_note
from study.records.table import TrialRecord, to_table
from study.system.errors import one_line
from study.system.redaction import redact
from study.tracking import content
from study.tracking.connection import Connection, KnownRun
from study.tracking.content import STATUS, CurvePoint, StudyProgress
from study.tracking.model import IMAGE_SHAPE, LOGGED_TAG
from study.tracking.store import run_url
from study.tracking.view import experiment_tags, link_to_view

_GIVE_UP_AFTER = 3
"""Failures in a row that mean the store is away, rather than that something is wrong with one trial."""

_PARENT = "mlflow.parentRunId"
"""The tag by which MLflow nests a run under another."""


class _Shown:
    """A connection, and what it has shown so far of this study: its parent run and the runs of its trials."""

    def __init__(self, connection: Connection, parent: KnownRun, trials: dict[int, KnownRun]):
        self.connection = connection
        self.parent = parent
        self.trials = trials
        self.introduced: set[str] = set()
        self.ended: dict[int, tuple[TrialRecord, bool | None]] = {}
        """The record of each ended trial and whether it is on the front: shown, so that no more is done about it."""

        self.study: tuple[object, ...] = ()


class Mirror:
    """Shows one study in the store at `tracking_uri` (from `open_store`). Used by one thread at a time."""

    def __init__(self, plan: StudyPlan, study: StudyFolder, tracking_uri: str):
        self.error: str | None = None
        """Why the last `sync` did not send everything, in one line without credentials."""
        self.url: str | None = None
        """The page of the study's run, once there is one."""
        self._plan = plan
        self._study = study
        self._uri = tracking_uri
        self._shown: _Shown | None = None

    def sync(self, progress: StudyProgress) -> bool:
        """Bring the store up to `progress`. False if that failed, for all or some trials: `error` says why; call again.

        Nothing that goes wrong in MLflow, its server, its database or its files leaves this method.
        """
        try:
            shown = self._shown = self._shown or self._connect()
            failures = self._show_trials(shown, progress)
            self._show_study(shown, progress)
            if progress.conclusion and not progress.conclusion.interrupted:
                self._show_models(shown, progress)
            if failures:
                raise failures[0]
        except Exception as error:
            self._shown = None  # what the store has now is not known: the next sync asks it
            self.error = redact(one_line(error, named=True))[:500]
            return False
        self.error = None
        return True

    def _connect(self) -> _Shown:
        place = self._study.mlflow
        note = read_note(place)
        study_id = note.get("study_id") or uuid.uuid4().hex
        known = {"study_id": study_id, "tracking_uri": redact(self._uri)}
        if not known.items() <= note.items():
            write_note(place, known)  # before anything can fail: the same study, and place, when it is tried again
        connection = Connection.open(self._uri, self._study.path.parent, self._plan.name)
        connection.introduce_experiment(experiment_tags(self._plan, connection.experiment_id))
        parent = None
        trials: dict[int, KnownRun] = {}
        for run in connection.find("study_id", study_id):
            if run.tags.get("role") == "study":
                parent = parent or run
            elif run.tags.get("trial", "").isdigit():
                trials.setdefault(int(run.tags["trial"]), run)
        if parent is None:
            tags = {**content.study_tags(self._plan), "study_id": study_id}
            parent = connection.create(self._plan.name, tags, time.time())
        for run in trials.values():  # those whose parent was deleted and has just been made again
            if run.tags.get(_PARENT) != parent.run_id:
                connection.tag(run, {_PARENT: parent.run_id})
        shown = _Shown(connection, parent, trials)
        self.url = self._note(shown, parent)["url"]
        write_note(place, {**self._note(shown, parent), "study_id": study_id})
        for number, run in trials.items():
            write_note(self._study.trial(number).mlflow, self._note(shown, run))
        return shown

    def _note(self, shown: _Shown, run: KnownRun) -> dict[str, str]:
        experiment_id = shown.connection.experiment_id
        return {
            "run_id": run.run_id,
            "experiment_id": experiment_id,
            "tracking_uri": redact(self._uri),
            "url": run_url(self._uri, experiment_id, run.run_id),
        }

    def _show_trials(self, shown: _Shown, progress: StudyProgress) -> list[Exception]:
        """Show every trial; one that cannot be shown does not keep back the others. Returns the errors."""
        failures: list[Exception] = []
        in_a_row = 0
        ended = {record.trial for record in progress.records}
        running = {number: config for number, config in progress.running.items() if number not in ended}
        news = [r for r in progress.records if shown.ended.get(r.trial) != (r, content.is_on_front(r, progress.front))]
        records = {record.trial: record for record in news}
        for number in sorted([*running, *records]):
            try:
                if number in records:
                    self._show_ended(shown, records[number], progress)
                else:
                    self._show_running(shown, number, running[number])
                in_a_row = 0
            except Exception as error:
                failures.append(error)
                in_a_row += 1
                if in_a_row == _GIVE_UP_AFTER:
                    raise
        if progress.conclusion:
            for number, run in shown.trials.items():
                if number not in ended and run.status == "RUNNING":
                    shown.connection.tag(run, {"state": "interrupted"})
                    shown.connection.end(run, "KILLED", _ended(self._study.trial(number)))
        return failures

    def _show_running(self, shown: _Shown, number: int, config: TrialConfig) -> None:
        run, _ = self._show_curves(shown, number, config)
        shown.connection.log_pictures(run, _pictures(self._study.trial(number)))
        shown.connection.reopen(run)
        if run.tags.get("state") != "running":
            shown.connection.tag(run, {"state": "running"})

    def _show_ended(self, shown: _Shown, record: TrialRecord, progress: StudyProgress) -> None:
        connection, folder = shown.connection, self._study.trial(record.trial)
        on_front = content.is_on_front(record, progress.front)
        finals = content.final_metrics(record)
        run = shown.trials.get(record.trial)
        if not run or run.status != STATUS[record.state] or not finals.items() <= run.metrics.items():
            run, points = self._show_curves(shown, record.trial, record.config)
            last = max(points, key=lambda point: point.step, default=None)
            step = record.config.total_steps if record.state == "complete" else last.step if last else 0
            connection.conclude(run, finals, step, last.timestamp + 1 if last else round(1000 * _ended(folder)))
            if record.provenance.get("data"):
                connection.log_dataset(run, record.config.dataset, record.provenance["data"])
            connection.log_pictures(run, _pictures(folder))
        connection.tag(run, self._outcome(record, on_front, run))
        if run.status != STATUS[record.state]:
            connection.end(run, STATUS[record.state], _ended(folder))  # last: a run that has ended has everything
        shown.ended[record.trial] = record, on_front

    def _outcome(self, record: TrialRecord, on_front: bool | None, run: KnownRun) -> dict[str, str]:
        call = f'study.load_model("{run.run_id}", "{redact(self._uri)}")' if LOGGED_TAG in run.tags else ""
        description = content.describe_trial(self._plan, record, on_front, call)
        return {**content.outcome_tags(record, on_front), content.NOTE: description}

    def _show_models(self, shown: _Shown, progress: StudyProgress) -> None:
        """The models on the front, as far as their weights are kept. Last, for they are large."""
        for record in progress.records:
            weights = self._study.trial(record.trial).weights
            run = shown.trials.get(record.trial)
            if run is not None and content.is_on_front(record, progress.front) and weights.exists():
                shape = list(DATASETS[record.config.dataset].image_shape)
                shown.connection.log_model(run, record.config.settings() | {IMAGE_SHAPE: shape}, weights)
                shown.connection.tag(run, self._outcome(record, True, run))

    def _show_curves(self, shown: _Shown, number: int, config: TrialConfig) -> tuple[KnownRun, list[CurvePoint]]:
        """The trial's run, made where there is none, with its parameters and the points of metrics.jsonl."""
        folder = self._study.trial(number)
        lines = list(folder.read_metrics())
        points = content.curve(lines)
        run = shown.trials.get(number)
        if run is None:
            tags = {
                **content.trial_tags(self._plan, number, config),
                "study_id": shown.parent.tags["study_id"],
                _PARENT: shown.parent.run_id,
            }
            first = lines[0] if lines else {}
            started = first.get("time", time.time()) - first.get("seconds", 0.0)
            run = shown.connection.create(content.trial_name(number, config), tags, started)
            shown.trials[number] = run
            write_note(folder.mlflow, self._note(shown, run))
        if run.run_id not in shown.introduced:
            shown.connection.introduce(run, content.trial_params(config))
            shown.introduced.add(run.run_id)
        shown.connection.extend(run, points)
        return run, points

    def _show_study(self, shown: _Shown, progress: StudyProgress) -> None:
        connection, run = shown.connection, shown.parent
        if run.run_id not in shown.introduced:
            connection.introduce(run, content.study_params(self._plan))
            shown.introduced.add(run.run_id)
        step, values = len(progress.records), content.study_metrics(progress)
        if shown.study != (step, values):
            connection.conclude(run, values, step, round(1000 * time.time()))
            shown.study = (step, values)
        connection.tag(
            run,
            {
                **content.study_tags(self._plan),
                content.NOTE: content.describe_study(self._plan, progress, link_to_view(connection.experiment_id)),
            },
        )
        if progress.conclusion:
            self._show_files(shown, progress)
            status = "KILLED" if progress.conclusion.interrupted else "FINISHED"
            if run.status != status:
                connection.end(run, status, time.time())
        elif progress.running:
            connection.reopen(run)

    def _show_files(self, shown: _Shown, progress: StudyProgress) -> None:
        client, run_id = shown.connection.client, shown.parent.run_id
        for record in progress.records[:1]:
            if record.provenance.get("data"):
                shown.connection.log_dataset(shown.parent, record.config.dataset, record.provenance["data"])
        front = progress.front or ()
        table = to_table(record for record in progress.records if record.trial in front)
        telling = ["trial", *(objective.name for objective in self._plan.space.objectives), "family"]
        first = [column for column in [*telling, *self._plan.space.parameters] if column in table]
        table = table[list(dict.fromkeys([*first, *table.columns]))]
        client.log_text(run_id, table.to_csv(index=False), "front.csv")
        client.log_text(run_id, table.to_json(orient="records", indent=1), "front.json")
        for path in (self._study.plan, self._study.records, self._study.report, self._study.explore):
            if path.exists():
                client.log_artifact(run_id, str(path))
        for path in sorted(self._study.figures.glob("*.png")):
            client.log_artifact(run_id, str(path), "figures")


def _pictures(folder: TrialFolder) -> Iterator[tuple[int, Path]]:
    """The trial's pictures, and the percent of the training after which each was made.

    Unit of MLflow's image grid, so that trials of different batch sizes, and so steps, can be compared in it.
    """
    for percent in folder.pictured():
        yield from ((percent, path) for path in sorted(folder.pictures_at(percent).glob("*.png")))
    yield from ((100, path) for path in sorted(folder.pictures.glob("*.png")))


def _ended(folder: TrialFolder) -> float:
    """When a trial ended, as its files say; now if they say nothing."""
    for path in (folder.outcome, folder.metrics):
        if path.exists():
            return path.stat().st_mtime
    return time.time()
