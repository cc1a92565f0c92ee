"""A study as a launch leaves it, in Optuna's storage and in MLflow, of made-up trials: nothing is trained.

Its weights are those of untrained models, and its pictures are shades of grey.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna

from benchmarks.made_up import leave
from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.data import DATASETS
from study.records.folder import StudyFolder, TrialFolder, read_note
from study.records.outcome import Outcome
from study.records.table import TrialRecord
from study.running.run import front
from study.search import proposals, storage
from study.tracking.content import Conclusion, StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.store import open_store
from study.trial.checkpoint import write_tensors
from study.trial.model import make_model
from study.trial.pictures import tile

PICTURES = {"reconstructions": 2, "samples": 5, "traversal": 8}
"""Their names, and how many rows each has."""


@dataclass(frozen=True)
class Mirrored:
    """`tracking_uri` and `storage_url` are where it is; `front` are the numbers of its non-dominated trials."""

    plan: StudyPlan
    folder: StudyFolder
    tracking_uri: str
    storage_url: str
    records: list[TrialRecord]
    front: set[int]

    def run_id(self, trial: int) -> str:
        return read_note(self.folder.trial(trial).mlflow)["run_id"]


def mirrored(runs: Path, trials: int = 4) -> Mirrored:
    """A study of dSprites, of so many small models, in `runs/made-up`."""
    space, source = load_space("dsprites")
    plan = make_plan(
        space, source, name="made-up", preset="quick", seed=0, trials=trials, sampler="random", overrides={"width": 8}
    )
    folder = StudyFolder(runs / plan.name)
    plan.save(folder.plan)
    uri = open_store(f"sqlite:///{runs / 'mlflow.db'}", runs)
    url = storage.default_url(folder)
    study = storage.open_study(plan, folder, url)
    mirror = Mirror(plan, folder, uri)
    for _ in range(trials):
        proposals.propose(study, plan)
    configs = {trial.number: storage.trial_config(trial) for trial in study.trials}
    outcomes = {number: _leave(folder, study, number, worst=number == trials - 1 > 0) for number in configs}
    assert mirror.sync(StudyProgress(running=configs)), mirror.error
    for number, outcome in outcomes.items():
        storage.tell(study, plan, number, outcome, folder)
    records = storage.records(study, folder)
    best = front(plan, records)
    folder.report.write_text("<title>Report</title><h1>Report of made-up trials</h1>", encoding="utf-8")
    conclusion = Conclusion(result=f"{len(best)} of {trials} trials are on the front.", hypervolume=12.5)
    assert mirror.sync(StudyProgress(records, front=best, conclusion=conclusion)), mirror.error
    return Mirrored(plan, folder, uri, url, records, best)


def _leave(folder: StudyFolder, study: optuna.Study, number: int, worst: bool) -> Outcome:
    """What a trial leaves; the `worst` is dominated by every other."""
    config, place = storage.trial_config(study.trials[number]), folder.trial(number)
    outcome = leave(folder, optuna.trial.Trial(study, study.trials[number]._trial_id))
    if worst:
        outcome.metrics.update(reconstruction=500.0, disentanglement=0.25)
    place.mlflow.unlink()  # of a run that is not there
    write_tensors(place.weights, make_model(config, DATASETS[config.dataset].image_shape).state_dict())
    _leave_pictures(place)
    return outcome


def _leave_pictures(place: TrialFolder) -> None:
    for percent, folder in [(25, place.pictures_at(25)), (50, place.pictures_at(50)), (100, place.pictures)]:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in PICTURES.items():
            shades = np.linspace(0, percent / 100, rows * 10).reshape(rows, 10, 1, 1, 1)
            tile(np.broadcast_to(shades, (rows, 10, 1, 32, 32))).save(folder / f"{name}.png")
