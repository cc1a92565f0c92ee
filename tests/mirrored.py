"""A study as a launch leaves it, in Optuna's storage and in MLflow, of made-up trials: nothing is trained.

Its weights are those of untrained models, and its pictures are shades of grey.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.made_up import leave
from study.checkpoint import write_tensors
from study.config import StudyPlan, load_space, make_plan
from study.data import DATASETS
from study.folder import StudyFolder, TrialFolder
from study.model import make_model
from study.pictures import tile
from study.records import TrialRecord
from study.run import front
from study.search import proposals, storage
from study.tracking import Ending, Mirror, Progress, links, open_store

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
        return links(self.folder)[trial].run_id


def mirrored(runs: Path, trials: int = 6) -> Mirrored:
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
        trial = proposals.propose(study, plan)
        outcome = leave(folder, trial)
        config = storage.trial_config(study.trials[trial.number])
        place = folder.trial(trial.number)
        write_tensors(place.weights, make_model(config, DATASETS[config.dataset].image_shape).state_dict())
        _leave_pictures(place)
        assert mirror.sync(Progress(storage.records(study, folder), {trial.number: config})), mirror.error
        storage.tell(study, plan, trial.number, outcome, folder)
    records = storage.records(study, folder)
    best = front(plan, records)
    folder.report.write_text("<title>Report</title><h1>Report of made-up trials</h1>", encoding="utf-8")
    ending = Ending(result=f"{len(best)} of {trials} trials are on the front.", hypervolume=12.5)
    assert mirror.sync(Progress(records, front=best, ending=ending)), mirror.error
    return Mirrored(plan, folder, uri, url, records, best)


def _leave_pictures(place: TrialFolder) -> None:
    for percent, folder in [(25, place.pictures_at(25)), (50, place.pictures_at(50)), (100, place.pictures)]:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in PICTURES.items():
            shades = np.linspace(0, percent / 100, rows * 10).reshape(rows, 10, 1, 1, 1)
            tile(np.broadcast_to(shades, (rows, 10, 1, 32, 32))).save(folder / f"{name}.png")
