"""A study of synthetic trials in a folder, and a fresh MLflow database, copied from one that was made once."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.config.trial import TrialConfig
from study.records.folder import StudyFolder
from study.records.table import TrialRecord
from study.tracking.store import open_store


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("MLFLOW_TRACKING_URI", raising=False)
        open_store(None, runs)
    return runs / "mlflow.db"


@pytest.fixture
def runs(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An output folder with an empty store in it."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(database, tmp_path / "mlflow.db")
    return tmp_path


@pytest.fixture(scope="session")
def plan() -> StudyPlan:
    space, source = load_space("dsprites")
    return make_plan(space, source, name="dsprites", preset="quick", seed=0)


class Trials:
    """Writes what trials write. Their clock starts at 1,700,000,000 and runs at 0.01 s a step."""

    def __init__(self, plan: StudyPlan, study: StudyFolder):
        self.plan = plan
        self.study = study

    def config(self, number: int) -> TrialConfig:
        point: dict[str, Any] = {"latent_dim": 8, "batch_size": 100}
        if number % 2:
            point |= {"family": "beta-vae", "beta": 4.0}
        else:
            point |= {"family": "wae-gaussian", "lambda_1": 0.5, "kernel_bandwidth": 1.0}
        return self.plan.trial_config(point, seed=number)

    def train(self, number: int, until: int, since: int = 0, clock: float = 0.0, every: int = 1000) -> None:
        """Log the steps after `since` up to `until`; `clock` is added to the times."""
        folder = self.study.trial(number)
        folder.path.mkdir(parents=True, exist_ok=True)
        for step in range(since + every, until + 1, every):
            now = 1.7e9 + 1000 * number + step / 100 + clock
            line = {"step": step, "images": 100 * step, "seconds": step / 100, "time": now}
            folder.append_metrics({**line, "loss": 100 / step + number, "mmd": 1 / step})

    def record(self, number: int, **changes: Any) -> TrialRecord:
        values = random.Random(number)
        settled: dict[str, Any] = {
            "state": "complete",
            "metrics": {"reconstruction": 20 + values.random(), "disentanglement": values.random()},
            "seconds": {"train": 40.0, "evaluate": 2.5},
            "provenance": {"code_version": "abc-dirty", "data": "rendered 0123456789ab"},
            **changes,
        }
        return TrialRecord(trial=number, config=self.config(number), **settled)


@pytest.fixture
def study(runs: Path) -> StudyFolder:
    return StudyFolder(runs / "dsprites")


@pytest.fixture
def trials(plan: StudyPlan, study: StudyFolder) -> Trials:
    return Trials(plan, study)


@pytest.fixture
def uri(runs: Path) -> str:
    return open_store(None, runs)


@pytest.fixture
def shown(uri: str) -> Callable[[], dict[str, Any]]:
    return lambda: read_store(uri)


@pytest.fixture(scope="session")
def read() -> Callable[[str], dict[str, Any]]:
    return read_store


@pytest.fixture(scope="session")
def make_trials() -> type[Trials]:
    return Trials


def read_store(uri: str) -> dict[str, Any]:
    """What the store has, by run name, with whole histories: all that a user can see."""
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    experiments = [e.experiment_id for e in client.search_experiments() if e.name != "Default"]
    result: dict[str, Any] = {}
    for run in client.search_runs(experiments):
        assert run.info.run_name not in result, "a run twice"
        histories = {
            key: [(m.step, m.value, m.timestamp) for m in client.get_metric_history(run.info.run_id, key)]
            for key in run.data.metrics
        }
        result[run.info.run_name] = {
            "id": run.info.run_id,
            "status": run.info.status,
            "params": run.data.params,
            "metrics": run.data.metrics,
            "tags": run.data.tags,
            "histories": histories,
            "ended": run.info.end_time,
            "inputs": [entry.dataset.digest for entry in run.inputs.dataset_inputs],
            # MLflow puts the time of sending and a random number into the name of a picture
            "files": sorted(file.partition("+timestamp")[0] for file in _files(client, run.info.run_id)),
        }
    return result


def _files(client: Any, run_id: str, folder: str | None = None) -> Iterator[str]:
    for file in client.list_artifacts(run_id, folder):
        if file.is_dir:
            yield from _files(client, run_id, file.path)
        else:
            yield file.path
