"""A connection to an MLflow store: nothing is sent twice, and an error costs what it concerns."""

from typing import Any

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder, read_note
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror
from tests.tracking.syncs import Shown, deleted, synced


def test_steps_that_a_resumed_trial_repeats_are_there_once(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    trials.train(0, 3000)
    synced(Mirror(plan, study, uri), StudyProgress(running={0: trials.config(0)}))
    study.trial(0).truncate_metrics(1000)
    trials.train(0, 4000, since=1000, clock=500.0)
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    assert [step for step, _, _ in shown()["0000 wae-gaussian"]["histories"]["loss"]] == [1000, 2000, 3000, 4000]


def test_a_run_that_is_deleted_while_its_trial_runs_is_made_again(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    mirror = Mirror(plan, study, uri)
    trials.train(0, 1000)
    synced(mirror, StudyProgress(running={0: trials.config(0)}))
    deleted(uri, read_note(study.trial(0).mlflow)["run_id"])
    trials.train(0, 2000, since=1000)
    assert not mirror.sync(StudyProgress(running={0: trials.config(0)}))
    synced(mirror, StudyProgress(running={0: trials.config(0)}))
    assert len(shown()["0000 wae-gaussian"]["histories"]["loss"]) == 2
