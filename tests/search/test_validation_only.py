"""Search works with validation images only: whatever the test images are, it makes the same study."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ray.tune.schedulers import TrialScheduler

from study.config.plan import StudyPlan
from study.data import load
from study.data.dataset import Dataset, Images
from study.evaluation import sizes
from study.evaluation.sizes import EvaluationPart
from study.records.folder import StudyFolder
from study.records.table import TrialRecord, write_records
from study.running.confirmation import confirmation, winners
from study.search import samplers, schedule, storage, worker, worker_deaths
from study.search.allocation import Resources, Share
from study.search.schedule import ScheduleListener
from study.search.searcher import StudySearch
from study.search.shutdown import Shutdown
from study.search.warm_start import Example, gather_lesson
from study.search.worker_deaths import Attempt
from study.trial import run as trial_run
from tests.search.conftest import MakePlan
from tests.search.test_stop_at_rungs import STOPPING

Search = Callable[[EvaluationPart | None], "Seen"]


@dataclass(frozen=True)
class Seen:
    """A study, by what its search worked with and left for the next: all but `records` is of validation images.

    `told`: each trial's configuration, state and values in the storage, and those it was stopped by at a rung.
    `taught`: what a warm start takes from the study. `confirmed`: the study that trains its winners again.
    """

    told: list[tuple[Any, ...]]
    taught: tuple[Example, ...]
    confirmed: StudyPlan
    records: list[TrialRecord]


class Stopped(BaseException):
    """How a trial ends in its own process when the scheduler stops it."""


def changed(dataset: Dataset, part: EvaluationPart) -> Dataset:
    """The dataset with negatives in the place of a part's images: who is best on these is worst on those."""
    array = np.array(dataset.images.array)
    array[dataset.split[part]] = 1 - array[dataset.split[part]]
    return replace(dataset, images=Images(array, "float32", dataset.images.shape), checksum=f"another {part} part")


@pytest.fixture
def search(make: MakePlan, folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> Search:
    """Run a whole study, of which one part has other images and other draws, in this process instead of Ray's."""
    monkeypatch.setattr(worker_deaths, "here", lambda launch, run: Attempt(launch, run, "node", 7))
    monkeypatch.setattr(samplers, "STARTUP_TRIALS", 2)  # the others are proposed by the values of those before
    monkeypatch.setattr(trial_run, "collect", lambda model, dataset, device: {})  # arrays for the report take longest
    space = {
        **STOPPING,
        "balance": None,
        "objectives": {"reconstruction": "minimize"},
        "metrics": ["reconstruction"],
        "sampler": "tpe",
    }

    def run(part: EvaluationPart | None) -> Seen:
        plan = make(space, name=f"{part}", trials=6)
        place = StudyFolder(folder.path.parent / plan.name)
        place.path.mkdir()
        plan.save(place.plan)
        data = load("fading_squares")
        with pytest.MonkeyPatch.context() as patch:
            if part is not None:
                patch.setattr(trial_run, "load", lambda name, root: changed(data, part))
                patch.setitem(sizes._PARTS, part, 9)
            return without_ray(plan, place, patch)

    return run


def without_ray(plan: StudyPlan, folder: StudyFolder, patch: pytest.MonkeyPatch) -> Seen:
    """The study after its searcher, its scheduler and its worker have done with it what Ray has them do."""
    study, shutdown = storage.open_study(plan, folder, storage.default_url(folder)), Shutdown()
    launch = schedule._Launch(study, plan, folder, Resources(), ScheduleListener(), Share(1, cpus=1, gpus=0), shutdown)
    scheduler = launch._scheduler()
    searcher = StudySearch(study, plan, folder, partial(launch._job, 0), lambda number, outcome: None, shutdown)

    def report(job: dict[str, Any], result: dict[str, Any]) -> None:
        if scheduler.on_trial_result(None, SimpleNamespace(config=job), result) == TrialScheduler.STOP:  # type: ignore[arg-type]
            raise Stopped

    while isinstance(job := searcher.suggest("trial"), dict):
        patch.setattr(worker.tune, "report", partial(report, job))
        with suppress(Stopped):
            worker.train(job)
        searcher.on_trial_complete("trial", {})
    shutdown.check()
    records = storage.records(study, folder)
    write_records(records, folder.records)
    return Seen(
        told=[
            (record.config, record.state, own.values, record.metrics if record.state == "pruned" else {})
            for record, own in zip(records, study.trials, strict=True)
        ],
        taught=gather_lesson(folder.path, plan).examples,
        confirmed=confirmation(plan, "again", winners(plan, records), 3),
        records=records,
    )


def test_other_test_images_make_the_same_search(search: Search) -> None:
    """The same configurations, values, stops, warm start and winners; only the trials' metrics on test images differ.

    Other validation images make another search, so that this could fail.
    """
    real, test, validation = search(None), search("test"), search("validation")
    assert {record.state for record in real.records} == {"complete", "pruned"}
    assert test.told == real.told
    assert test.taught == real.taught
    assert test.confirmed.points == real.confirmed.points
    for mine, theirs in zip(real.records, test.records, strict=True):
        if mine.state == "complete":
            assert mine.metrics["reconstruction"] != theirs.metrics["reconstruction"]
    assert validation.told != real.told
    assert validation.taught != real.taught
    assert validation.confirmed.points != real.confirmed.points
