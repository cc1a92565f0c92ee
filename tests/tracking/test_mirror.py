"""Mirror: what a study looks like in MLflow."""

from typing import Any

from PIL import Image

from study.config.families import PALETTE
from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.tracking.content import Conclusion, StudyProgress
from study.tracking.mirror import Mirror
from tests.tracking.syncs import Shown, synced


def test_a_study_is_one_experiment_one_parent_and_a_nested_run_per_trial(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    for number in range(3):
        trials.train(number, 4000)
    records = [
        trials.record(0),
        trials.record(1),
        trials.record(2, state="infeasible", reason="loss is nan at step 30", metrics={}),
    ]
    ending = Conclusion(result="wae-gaussian wins.", hypervolumes={"wae-gaussian": 1.5})
    plan.save(study.plan)
    study.report.write_text("<h1>Report</h1>")
    study.explore.write_text("<h1>Trials</h1>")
    study.figures.mkdir()
    Image.new("L", (4, 4)).save(study.figures / "front.png")
    synced(Mirror(plan, study, uri), StudyProgress(records, {}, front={0}, conclusion=ending))

    store = shown()
    assert set(store) == {"dsprites", "0000 wae-gaussian", "0001 beta-vae", "0002 wae-gaussian"}
    parent, first, second, third = (store[name] for name in sorted(store, key=lambda name: (name[0].isdigit(), name)))
    assert [run["status"] for run in (parent, first, second, third)] == ["FINISHED", "FINISHED", "FINISHED", "FAILED"]
    assert parent["metrics"] == {"trials_complete": 2, "trials_infeasible": 1, "hypervolume_wae-gaussian": 1.5}
    assert parent["files"] == [
        "explore.html",
        "figures/front.png",
        "front.csv",
        "front.json",
        "report.html",
        "study.yaml",
    ]
    assert parent["tags"]["mlflow.note.content"].startswith("wae-gaussian wins.")
    assert parent["inputs"] == ["0123456789ab"]

    assert first["tags"]["mlflow.parentRunId"] == parent["id"]
    assert first["params"] == {
        **{name: str(value) for name, value in records[0].config.settings().items()},
        "learning_rate_schedule": "1 0.7 0.3 0.1",
    }
    assert [step for step, _, _ in first["histories"]["loss"]] == [1000, 2000, 3000, 4000]
    assert first["histories"]["loss"][0] == (1000, 0.1, 1_700_000_010_000)
    assert first["histories"]["reconstruction"][0][:2] == (
        records[0].config.total_steps,
        records[0].metrics["reconstruction"],
    )
    assert set(first["metrics"]) == {"loss", "mmd", *records[0].metrics, "train_seconds", "evaluate_seconds"}
    expected = {"family": "wae-gaussian", "seed": "0", "state": "complete", "on_front": "true", "trial": "0"}
    assert expected.items() <= first["tags"].items()
    assert first["tags"]["code_version"] == "abc-dirty"
    assert first["tags"]["config_id"] == records[0].config.config_id
    assert first["inputs"] == ["0123456789ab"]
    assert second["tags"]["on_front"] == "false"
    assert third["tags"]["reason"] == "loss is nan at step 30"
    assert "on_front" not in third["tags"]


def test_while_trials_run_their_curves_grow(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    mirror = Mirror(plan, study, uri)
    trials.train(0, 1000)
    synced(mirror, StudyProgress(running={0: trials.config(0)}))
    run = shown()["0000 wae-gaussian"]
    assert (run["status"], run["tags"]["state"], len(run["histories"]["loss"])) == ("RUNNING", "running", 1)
    trials.train(0, 3000, since=1000)
    synced(mirror, StudyProgress(running={0: trials.config(0)}))
    assert len(shown()["0000 wae-gaussian"]["histories"]["loss"]) == 3


def test_pictures_are_there_once(plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown) -> None:
    study.trial(0).pictures.mkdir(parents=True)
    for name in ("samples", "traversal"):
        Image.new("L", (40, 20)).save(study.trial(0).pictures / f"{name}.png")
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0, state="failed", metrics={})]))
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    files = shown()["0000 wae-gaussian"]["files"]
    whole_and_small = ["images/samples+step+100", "images/traversal+step+100"] * 2
    assert files == sorted(whole_and_small)


def test_pictures_of_a_training_come_as_it_goes_on(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    mirror, trial = Mirror(plan, study, uri), study.trial(0)
    trials.train(0, 1000)
    for place, running in ((trial.pictures_at(25), True), (trial.pictures_at(50), True), (trial.pictures, False)):
        place.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4)).save(place / "traversal.png")
        synced(mirror, StudyProgress(running={0: trials.config(0)}) if running else StudyProgress([trials.record(0)]))
        counted = {file for file in shown()["0000 wae-gaussian"]["files"] if file.startswith("images/")}
        percents = [*trial.pictured(), *([] if running else [100])]
        assert counted == {f"images/traversal+step+{percent}" for percent in percents}
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    assert len(shown()["0000 wae-gaussian"]["files"]) == 6


def test_runs_have_the_colours_of_their_families(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0), trials.record(1)]))
    for run in (run for run in shown().values() if run["tags"]["role"] == "trial"):
        assert run["tags"]["mlflow.runColor"] == PALETTE[run["tags"]["family"]][0]


def test_a_metric_measured_anew_replaces_the_old_value(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    trials.train(0, 4000)
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0, metrics={"reconstruction": 25.0})]))
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0, metrics={"reconstruction": 20.0, "fid": 3.0})]))
    metrics = shown()["0000 wae-gaussian"]["metrics"]
    assert (metrics["reconstruction"], metrics["fid"]) == (20.0, 3.0)


def test_the_front_may_change_after_a_trial_has_ended(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    mirror, records = Mirror(plan, study, uri), [trials.record(0), trials.record(1)]
    synced(mirror, StudyProgress(records[:1], front=[0]))
    synced(mirror, StudyProgress(records, front=[1]))
    store = shown()
    assert store["0000 wae-gaussian"]["tags"]["on_front"] == "false"
    assert store["0001 beta-vae"]["tags"]["on_front"] == "true"
