"""A small study of real trials, made once, copied for each test, and the command that scores it again."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
import torch
from typer.testing import CliRunner, Result

from study.config.plan import StudyPlan, make_plan
from study.config.space import SearchSpace
from study.evaluate import app
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.records.table import read_records, write_records
from study.running import rescoring, run
from study.search import proposals, storage
from study.tracking.content import Conclusion, StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.moved import DATABASE, follow
from study.tracking.store import open_store
from study.trial.run import run_trial
from tests.search.conftest import SPACE

TAKEN_OUT = "frechet_pca"
"""What the study's trials are made to lack; the values that they had are kept for comparison."""

Evaluate = Callable[..., Result]
GiveScores = Callable[..., "Scores"]


class Small:
    """A study of four trials that lack a metric; the third diverged, and the weights of the fourth are gone."""

    def __init__(self, folder: StudyFolder, true: dict[int, dict[str, float]]) -> None:
        self.folder = folder
        self.true = true

    @property
    def plan(self) -> StudyPlan:
        return StudyPlan.load(self.folder.plan)

    @property
    def study(self) -> optuna.Study:
        return storage.load_study(self.plan, self.folder, None)

    def rows(self) -> dict[int, dict[str, Any]]:
        """What each trial has in records.csv, without its empty cells."""
        table = read_records(self.folder.records).set_index("trial")
        return {int(number): row.dropna().to_dict() for number, row in table.iterrows()}  # type: ignore[call-overload]

    def mirrored(self, tracking_uri: str | None = None) -> str:
        """The study as a launch leaves it in MLflow: its runs have ended. The store's address."""
        uri = open_store(tracking_uri, self.folder.path.parent)
        records = storage.records(self.study, self.folder)
        mirror = Mirror(self.plan, self.folder, uri)
        progress = StudyProgress(records, front=run.front(self.plan, records), conclusion=Conclusion())
        assert mirror.sync(progress), mirror.error
        return uri

    def shown(self, uri: str) -> dict[int, Any]:
        """The MLflow runs of the trials."""
        from mlflow import MlflowClient

        client = MlflowClient(uri)
        experiment = client.get_experiment_by_name("small")
        assert experiment is not None
        runs = client.search_runs([experiment.experiment_id], "tags.role = 'trial'")
        assert len({run.data.tags["trial"] for run in runs}) == len(runs)
        return {int(run.data.tags["trial"]): run for run in runs}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Small:
    runs = tmp_path_factory.mktemp("template")
    open_store(None, runs)
    folder = StudyFolder(runs / "small")
    plan = make_plan(SearchSpace.model_validate(SPACE), "s", name="small", preset="quick", seed=3, trials=4)
    plan.save(folder.plan)
    study = storage.open_study(plan, folder, storage.default_url(folder))
    true = {}
    for number in range(4):
        proposals.propose(study, plan)
        config = storage.trial_config(study.trials[number])
        if number == 2:
            outcome = Outcome("infeasible", reason="diverged").write(folder.trial(2))
        else:
            told = [objective.name for objective in plan.space.objectives]
            outcome = run_trial(config, folder.trial(number), objectives=told)
            true[number] = dict(outcome.metrics)
            del outcome.metrics[TAKEN_OUT]
            outcome.write(folder.trial(number))
        storage.tell(study, plan, number, outcome)
    folder.trial(3).weights.unlink()
    write_records(storage.records(study, folder), folder.records)
    return Small(folder, true)


@pytest.fixture
def small(template: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    """A copy of the study, whose report has no drawings: they take most of the time of a command."""
    monkeypatch.setattr("study.report.write.SECTIONS", ())
    shutil.copytree(template.folder.path.parent, tmp_path / "runs")
    assert follow(tmp_path / "runs" / DATABASE)
    threads = torch.get_num_threads()
    yield Small(StudyFolder(tmp_path / "runs" / "small"), template.true)
    assert torch.get_num_threads() == threads


@pytest.fixture
def evaluate(small: Small) -> Evaluate:
    """The command on the small study."""

    def invoke(*arguments: str, folder: Path = small.folder.path) -> Result:
        return CliRunner().invoke(app, [str(folder), *arguments])

    return invoke


class Scores:
    """A stand-in for the evaluation of a model: by metric, a value."""

    def __init__(self, **values: float) -> None:
        self.values = values
        self.calls: list[tuple[str, str]] = []

    def __call__(self, model: Any, dataset: Any, part: str, size: str, device: Any, metrics: Any) -> dict[str, float]:
        self.calls.append((part, size))
        return {name: value for name, value in self.values.items() if metrics is None or name in metrics}


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> GiveScores:
    """Put a stand-in with these values in the place of the evaluation."""

    def give(**values: float) -> Scores:
        scores = Scores(**values)
        monkeypatch.setattr(rescoring, "evaluate", scores)
        return scores

    return give


def done(result: Result, code: int = 0) -> Result:
    assert result.exit_code == code, (result.output, result.exception)
    assert "Traceback" not in result.output
    return result
