"""A connection to an MLflow store: nothing is sent twice, and an error costs what it concerns."""

from typing import Any

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.tracking.content import Progress
from study.tracking.mirror import Mirror
from study.tracking.notes import links
from tests.tracking.syncs import Shown, deleted, synced


def test_steps_that_a_resumed_trial_repeats_are_there_once(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    trials.train(0, 3000)
    synced(Mirror(plan, study, uri), Progress(running={0: trials.config(0)}))
    study.trial(0).truncate_metrics(1000)
    trials.train(0, 4000, since=1000, clock=500.0)
    synced(Mirror(plan, study, uri), Progress([trials.record(0)]))
    assert [step for step, _, _ in shown()["0000 wae-gaussian"]["histories"]["loss"]] == [1000, 2000, 3000, 4000]


def test_a_run_that_is_deleted_while_its_trial_runs_is_made_again(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    mirror = Mirror(plan, study, uri)
    trials.train(0, 1000)
    synced(mirror, Progress(running={0: trials.config(0)}))
    deleted(uri, links(study)[0].run_id)
    trials.train(0, 2000, since=1000)
    assert not mirror.sync(Progress(running={0: trials.config(0)}))
    synced(mirror, Progress(running={0: trials.config(0)}))
    assert len(shown()["0000 wae-gaussian"]["histories"]["loss"]) == 2
