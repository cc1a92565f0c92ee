"""What must hold of every finished study: its records, Optuna's storage and MLflow say the same."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
import pandas as pd
from optuna.trial import TrialState

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.system.files import read_json


def same(one: object, other: object) -> bool:
    both_numbers = isinstance(one, float | int) and isinstance(other, float | int)
    return math.isclose(one, other, rel_tol=1e-9) if both_numbers else one == other


@contextmanager
def opened(name: str, url: str) -> Iterator[optuna.Study]:
    """The study in the storage at `url`; no connection to a database stays open."""
    storage = optuna.storages.RDBStorage(url)
    try:
        yield optuna.load_study(study_name=name, storage=storage)
    finally:
        storage.remove_session()
        storage.engine.dispose()


def check_agreement(
    runs: Path, name: str, trials: int, storage: str | None = None, tracking_uri: str | None = None
) -> pd.DataFrame:
    """Records, Optuna and MLflow hold the same trials with the same values, one to one; nothing is left running.

    Every trial is complete, or was stopped early. Of every learning curve, MLflow has each step that the trial's folder
    has, once.

    Optuna's storage and MLflow's store are those of a launch that named none, unless they are given.
    """
    import mlflow

    folder = StudyFolder(runs / name)
    table = read_records(folder.records).set_index("trial")
    with opened(name, storage or f"sqlite:///{folder.database}") as study:
        told, objectives = study.trials, study.metric_names
    client = mlflow.MlflowClient(tracking_uri=tracking_uri or f"sqlite:///{runs / 'mlflow.db'}")
    experiment = client.get_experiment_by_name(name)
    runs_of_study = client.search_runs([experiment.experiment_id], max_results=1000)
    children = {int(run.data.tags["trial"]): run for run in runs_of_study if "mlflow.parentRunId" in run.data.tags}
    (parent,) = [run for run in runs_of_study if "mlflow.parentRunId" not in run.data.tags]

    assert sorted(table.index) == sorted(trial.number for trial in told) == sorted(children) == [*range(trials)]
    assert len(runs_of_study) == trials + 1
    assert parent.info.status == "FINISHED"
    for trial in told:
        row, run = table.loc[trial.number], children[trial.number]
        assert (row["state"], trial.state, run.info.status) in (
            ("complete", TrialState.COMPLETE, "FINISHED"),
            ("pruned", TrialState.PRUNED, "KILLED"),
        )
        assert row["mlflow_run_id"] == run.info.run_id
        assert read_json(folder.trial(trial.number).mlflow)["run_id"] == run.info.run_id
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert (trial.values is None) == (row["state"] == "pruned")
        for objective, value in zip(objectives, trial.values or [], strict=trial.values is not None):
            assert same(row[f"validation_{objective}"], value)
        for metric, value in trial.user_attrs["metrics"].items():
            assert same(float(row[metric]), value)
            assert same(run.data.metrics[metric], value)
        logged = [line["step"] for line in folder.trial(trial.number).read_metrics("train_loss")]
        assert logged
        assert [point.step for point in client.get_metric_history(run.info.run_id, "train_loss")] == logged
        for setting, value in trial.user_attrs["config"].items():
            assert run.data.params[setting] in (str(value), str(row[setting])) or isinstance(value, list)
    return table


def without_time(table: pd.DataFrame) -> pd.DataFrame:
    """Records without what no two runs need to have in common."""
    own = ("mlflow_run_id", "code_version", "peak_memory_mib")
    return table.drop(columns=[name for name in table if name.endswith("_seconds") or name in own])
