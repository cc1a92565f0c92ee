"""Mirror: what a study looks like in MLflow."""

from typing import Any

from PIL import Image

from study.config.families import PALETTE
from study.config.plan import StudyPlan
from study.records.folder import StudyFolder, read_note
from study.system.files import read_json
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
    conclusion = Conclusion(result="wae-gaussian wins.", hypervolumes={"wae-gaussian": 1.5})
    plan.save(study.plan)
    study.report.write_text("<h1>Report</h1>")
    study.explore.write_text("<h1>Trials</h1>")
    study.figures.mkdir()
    Image.new("L", (4, 4)).save(study.figures / "front.png")
    synced(Mirror(plan, study, uri), StudyProgress(records, {}, front={0}, conclusion=conclusion))

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


def test_the_front_table_says_the_objectives_first(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, runs: Path
) -> None:
    records = [trials.record(0), trials.record(1)]
    synced(Mirror(plan, study, uri), StudyProgress(records, {}, front=[1], conclusion=Conclusion()))
    (table,) = (runs / "mlartifacts").glob("*/artifacts/front.csv")
    head, row = table.read_text().splitlines()
    assert head.startswith("trial,reconstruction,disentanglement,family,latent_dim,")
    assert row.startswith(f"1,{records[1].metrics['reconstruction']}")
    (front,) = json.loads(table.with_name("front.json").read_text())
    assert front["disentanglement"] == pytest.approx(records[1].metrics["disentanglement"])


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


def test_models_of_the_front_are_there_when_the_study_has_ended(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    for number in range(3):
        study.trial(number).path.mkdir(parents=True)
        study.trial(number).weights.write_bytes(b"weights")
    study.trial(2).weights.unlink()  # --keep none
    records = [trials.record(number) for number in range(3)]
    mirror = Mirror(plan, study, uri)

    def models() -> dict[str, list[str]]:
        found = {name: [f for f in run["files"] if f.startswith("model/")] for name, run in shown().items()}
        return {name: files for name, files in found.items() if files}

    synced(mirror, StudyProgress(records, front={0, 2}))
    synced(mirror, StudyProgress(records, front={0, 2}, conclusion=Conclusion(interrupted=True)))
    assert models() == {}
    synced(mirror, StudyProgress(records, front={0, 2}, conclusion=Conclusion()))
    expected = {"0000 wae-gaussian": ["model/config.json", "model/weights.pt"]}
    assert models() == expected
    run = shown()["0000 wae-gaussian"]
    assert run["tags"]["mlflow.note.content"].endswith(f'`study.load_model("{run["id"]}", "{uri}")` gives its model.')
    assert "load_model" not in shown()["0002 wae-gaussian"]["tags"]["mlflow.note.content"]

    study.trial(0).weights.write_bytes(b"others")  # what is there once stays
    synced(Mirror(plan, study, uri), StudyProgress(records, front={0, 2}, conclusion=Conclusion()))
    assert models() == expected
    (logged,) = (study.path.parent / "mlartifacts").rglob("weights.pt")
    assert logged.read_bytes() == b"weights"


def test_a_trial_s_description_says_what_came_of_it_in_one_line(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    metrics = {"reconstruction": 25.25, "disentanglement": 0.5}
    records = [
        trials.record(0, metrics=metrics),
        trials.record(1, metrics=metrics),
        trials.record(2, state="failed", reason="killed by Ray", metrics={}),
    ]
    synced(Mirror(plan, study, uri), StudyProgress(records, front={1}))
    described = [run["tags"]["mlflow.note.content"] for name, run in sorted(shown().items()) if name != "dsprites"]
    assert described == [
        "wae-gaussian, latent_dim 8, lambda_1 0.5, kernel_bandwidth 1, batch_size 100: "
        "**reconstruction 25.25, disentanglement 0.5** on test images.",
        "beta-vae, latent_dim 8, beta 4, batch_size 100: **reconstruction 25.25, disentanglement 0.5** on test images. "
        "On the front.",
        "wae-gaussian, latent_dim 8, lambda_1 0.5, kernel_bandwidth 1, batch_size 100: failed, killed by Ray.",
    ]


def test_runs_have_the_colours_of_their_families(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0), trials.record(1)]))
    for run in (run for run in shown().values() if run["tags"]["role"] == "trial"):
        assert run["tags"]["mlflow.runColor"] == PALETTE[run["tags"]["family"]][0]


def test_the_experiment_has_a_view_of_its_trials_which_the_user_may_change(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str
) -> None:
    from mlflow import MlflowClient

    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    client, key = MlflowClient(uri), "mlflow.sharedViewState.trials"
    view = json.loads(json.loads(client.get_experiment("1").tags[key])["state"])
    assert view["selectedColumns"][:3] == ["metrics.`reconstruction`", "metrics.`disentanglement`", "params.`family`"]
    scatter, parallel, *_ = view["compareRunCharts"]
    assert (scatter["xaxis"]["key"], scatter["yaxis"]["key"]) == ("reconstruction", "disentanglement")
    assert parallel["selectedParams"] == ["family", "latent_dim", "batch_size"]  # what trials of all families have
    described = client.get_experiment("1").tags["mlflow.note.content"]
    assert described.startswith("[Trials and pictures](#/experiments/1/runs?viewStateShareKey=trials&")
    assert described.endswith(f"). {plan.space.description}")
    client.set_experiment_tag("1", key, "mine")
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    assert client.get_experiment("1").tags[key] == "mine"


def test_states_in_the_words_of_mlflow(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    states = ["complete", "pruned", "failed", "infeasible"]
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(n, state=state) for n, state in enumerate(states)]))
    store = shown()
    found = [(run["status"], run["tags"]["state"]) for name, run in sorted(store.items()) if name != "dsprites"]
    assert found == [
        ("FINISHED", "complete"),
        ("KILLED", "pruned"),
        ("FAILED", "failed"),
        ("FAILED", "infeasible"),
    ]


def test_only_finite_values_and_allowed_names_are_sent(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    folder = study.trial(0)
    trials.train(0, 1000)
    odd: dict[str, Any] = {"step": 2000, "time": 1.7e9, "loss": float("inf"), "mmd": float("nan"), "a(b)@c": 1.0}
    folder.append_metrics(odd)
    record = trials.record(0, metrics={"reconstruction": float("nan"), "disentanglement": 0.5})
    synced(Mirror(plan, study, uri), StudyProgress([record]))
    run = shown()["0000 wae-gaussian"]
    assert set(run["metrics"]) == {"loss", "mmd", "a_b__c", "disentanglement", "train_seconds", "evaluate_seconds"}
    assert [step for step, _, _ in run["histories"]["loss"]] == [1000]


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


def test_links_lead_to_the_runs(plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown) -> None:
    assert read_note(study.trial(1).mlflow) == {}
    mirror = Mirror(plan, study, uri)
    synced(mirror, StudyProgress([trials.record(1)]))
    run_id = shown()["0001 beta-vae"]["id"]
    note = read_note(study.trial(1).mlflow)
    assert note["run_id"] == run_id
    assert note["url"] == f"http://127.0.0.1:5000/#/experiments/1/runs/{run_id}"
    assert mirror.url == read_json(study.path / "mlflow.json")["url"]


def test_credentials_in_a_reason_are_not_passed_on(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    reason = "cannot reach postgresql://me:secret@db/optuna"
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0, state="failed", reason=reason, metrics={})]))
    assert shown()["0000 wae-gaussian"]["tags"]["reason"] == "cannot reach postgresql://***@db/optuna"
