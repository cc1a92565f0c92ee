"""One connection to an MLflow store: experiment and runs found or made, and values sent that are not there yet.

Everything goes through `MlflowClient`, with run ids, synchronously: no active run, no global state, no lost queue.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from study.tracking import model
from study.tracking.content import LONGEST, NOTE, CurvePoint, fitted, warn_once
from study.tracking.store import SERVERS, artifact_location, load_mlflow, lock_for
from study.tracking.view import VIEWS

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

_PAGE = 1000


@dataclass
class KnownRun:
    """The state of one run in the store. `metrics`: the latest values; `steps`: their steps, None until asked for."""

    run_id: str
    status: str
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    steps: dict[str, int] | None = None
    pictures: set[tuple[str, int]] | None = None
    """The pictures that are there, by name and step; None until asked for."""


class Connection:
    """Whatever fails raises: the caller closes a connection after an error, for it may know too little then."""

    def __init__(self, client: "MlflowClient", experiment_id: str):
        self.client = client
        self.experiment_id = experiment_id

    @classmethod
    def open(cls, tracking_uri: str, runs: Path, experiment: str) -> Self:
        """Connect, and find or make the experiment."""
        mlflow = load_mlflow()
        if tracking_uri.startswith(SERVERS):
            client = mlflow.MlflowClient(tracking_uri)
        else:
            with lock_for(tracking_uri, runs):
                client = mlflow.MlflowClient(tracking_uri)
        return cls(client, _experiment(client, experiment, artifact_location(tracking_uri, runs)))

    def introduce_experiment(self, tags: Mapping[str, str]) -> None:
        """Tags of the experiment, as far as it has none of these names.

        A view is JSON and is not shortened: a store that does not take a long one has none.
        """
        from mlflow.exceptions import MlflowException

        there = self.client.get_experiment(self.experiment_id).tags
        for key, value in tags.items():
            if key in there:
                continue
            view = key.startswith(VIEWS)
            try:
                self.client.set_experiment_tag(self.experiment_id, key, value if view else _tag(key, value))
            except MlflowException:
                if not view or len(value) <= LONGEST:
                    raise
                warn_once(f"MLflow: the view of the trials has {len(value):,} characters; the store does not take it")

    def find(self, tag: str, value: str) -> Iterator[KnownRun]:
        """The runs of the experiment that carry the tag, oldest first; not those that the user has deleted."""
        token = None
        while True:
            page = self.client.search_runs(
                [self.experiment_id],
                f"tags.{tag} = '{value}'",
                max_results=_PAGE,
                order_by=["attributes.start_time ASC"],
                page_token=token,
            )
            yield from map(_known, page)
            token = page.token
            if not token:
                return

    def create(self, name: str, tags: Mapping[str, str], started: float) -> KnownRun:
        """A new run; `started` in seconds since 1970."""
        taken = {key: _tag(key, value) for key, value in tags.items()}
        run = self.client.create_run(self.experiment_id, round(1000 * started), taken, name)
        return KnownRun(run.info.run_id, "RUNNING", taken, steps={})

    def introduce(self, run: KnownRun, params: Mapping[str, str]) -> None:
        """Parameters; the same again is nothing new."""
        from mlflow.entities import Param

        values = [Param(name, fitted(f"the parameter {name}", value)) for name, value in params.items()]
        self.client.log_batch(run.run_id, params=values, synchronous=True)

    def tag(self, run: KnownRun, tags: Mapping[str, str]) -> None:
        """The tags that the run lacks or has with other values."""
        from mlflow.entities import RunTag

        taken = {name: _tag(name, value) for name, value in tags.items()}
        changed = {name: value for name, value in taken.items() if run.tags.get(name) != value}
        if changed:
            values = [RunTag(name, value) for name, value in changed.items()]
            self.client.log_batch(run.run_id, tags=values, synchronous=True)
            run.tags.update(changed)

    def extend(self, run: KnownRun, points: Iterable[CurvePoint]) -> None:
        """Send the points that lie beyond the last step which the store has of their metric."""
        steps = self._steps(run)
        self._send(run, [point for point in points if point.step > steps.get(point.key, -1)])

    def conclude(self, run: KnownRun, values: Mapping[str, float], step: int, timestamp: int) -> None:
        """Make `values` the latest ones, at `step` (or where the store already is beyond it)."""
        steps = self._steps(run)
        points = []
        for key, value in values.items():
            at = steps.get(key, -1)
            if at < step:
                points.append(CurvePoint(key, value, timestamp, step))
            elif run.metrics.get(key) != value:
                # of two values at one step, MLflow takes the later one for the latest
                points.append(CurvePoint(key, value, round(1000 * time.time()), at))
        self._send(run, points)

    def _steps(self, run: KnownRun) -> dict[str, int]:
        if run.steps is None:
            run.steps = {
                key: max(metric.step for metric in self.client.get_metric_history(run.run_id, key))
                for key in run.metrics
            }
        return run.steps

    def _send(self, run: KnownRun, points: list[CurvePoint]) -> None:
        from mlflow.entities import Metric

        self.client.log_batch(run.run_id, metrics=[Metric(*point) for point in points], synchronous=True)
        for point in points:
            self._steps(run)[point.key] = point.step
            run.metrics[point.key] = point.value

    def log_dataset(self, run: KnownRun, name: str, source: str) -> None:
        """The data as an input of the run. `source` is its origin and the start of its checksum; twice is once."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        digest = source.split()[-1][:36]
        dataset = Dataset(name, digest, "local", json.dumps({"source": fitted("the source of the data", source)}))
        self.client.log_inputs(run.run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])

    def log_pictures(self, run: KnownRun, pictures: Iterable[tuple[int, Path]]) -> None:
        """Each picture, of a step, once: in the way that MLflow's image grid shows, under the name of its file."""
        from PIL import Image

        for step, path in pictures:
            if run.pictures is None:
                run.pictures = self._pictures(run)
            if (path.stem, step) not in run.pictures:
                with Image.open(path) as image:
                    self.client.log_image(run.run_id, image, key=path.stem, step=step, synchronous=True)
                run.pictures.add((path.stem, step))

    def _pictures(self, run: KnownRun) -> set[tuple[str, int]]:
        # MLflow names the files KEY+step+STEP+… and stores the small version last
        files = (Path(file.path).name for file in self.client.list_artifacts(run.run_id, "images"))
        parts = [name.split("+") for name in files if "compressed" in name]
        return {(part[0], int(part[2])) for part in parts if len(part) > 2 and part[2].isdecimal()}

    def log_model(self, run: KnownRun, config: Mapping[str, object], weights: Path) -> None:
        """The configuration and the weights of a trial, once: the tag comes last, when both are whole."""
        if model.LOGGED_TAG in run.tags:
            return
        self.client.log_dict(run.run_id, dict(config), f"{model.FOLDER}/{model.CONFIG_FILE}")
        self.client.log_artifact(run.run_id, str(weights), model.FOLDER)
        self.tag(run, {model.LOGGED_TAG: model.FOLDER})

    def reopen(self, run: KnownRun) -> None:
        if run.status != "RUNNING":
            self.client.update_run(run.run_id, status="RUNNING")
            run.status = "RUNNING"

    def end(self, run: KnownRun, status: str, ended: float) -> None:
        """`ended` in seconds since 1970."""
        self.client.set_terminated(run.run_id, status, round(1000 * ended))
        run.status = status


def _tag(name: str, value: str) -> str:
    return fitted("the description" if name == NOTE else f"the tag {name}", value)


def _known(run: "Run") -> KnownRun:
    return KnownRun(run.info.run_id, run.info.status, dict(run.data.tags), dict(run.data.metrics))


def _experiment(client: "MlflowClient", name: str, location: str | None) -> str:
    from mlflow.exceptions import MlflowException

    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        try:
            return str(client.create_experiment(name, location))
        except MlflowException:  # another study of this name has made it meanwhile
            experiment = client.get_experiment_by_name(name)
            if experiment is None:
                raise
    if experiment.lifecycle_stage == "deleted":  # its name stays taken in MLflow, and its runs come back with it
        client.restore_experiment(experiment.experiment_id)
    return str(experiment.experiment_id)
