"""Mirror: MLflow looks the same however often and whenever it was cut, down, or lost what it had."""

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder, read_note
from study.tracking.connection import Connection
from study.tracking.content import Conclusion, StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.store import open_store
from tests.tracking.syncs import Shown, deleted, synced


def test_an_interrupted_study_leaves_nothing_running_and_goes_on(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    trials.train(0, 1000)
    running = {0: trials.config(0)}
    synced(Mirror(plan, study, uri), StudyProgress(running=running))
    synced(Mirror(plan, study, uri), StudyProgress(running=running, conclusion=Conclusion(interrupted=True)))
    store = shown()
    assert {name: run["status"] for name, run in store.items()} == {"dsprites": "KILLED", "0000 wae-gaussian": "KILLED"}
    assert store["0000 wae-gaussian"]["tags"]["state"] == "interrupted"
    synced(Mirror(plan, study, uri), StudyProgress(running=running))
    store = shown()
    assert {run["status"] for run in store.values()} == {"RUNNING"}
    assert store["0000 wae-gaussian"]["tags"]["state"] == "running"


@pytest.mark.parametrize("lost", ["trial's run", "study's run", "experiment", "notes", "database"])
def test_what_was_lost_is_made_again_once(
    lost: str, plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown, runs: Path, database: Path
) -> None:
    from mlflow import MlflowClient

    trials.train(0, 2000)
    progress = StudyProgress([trials.record(0)], front=[0])
    mirror = Mirror(plan, study, uri)
    synced(mirror, progress)
    before = shown()
    match lost:
        case "trial's run":
            deleted(uri, before["0000 wae-gaussian"]["id"])
        case "study's run":
            deleted(uri, before["dsprites"]["id"])
        case "experiment":
            MlflowClient(uri).delete_experiment("1")
        case "notes":
            for path in study.path.glob("trials/*/mlflow.json"):
                path.unlink()
        case "database":
            content = database.read_bytes()
            (runs / "mlflow.db").write_bytes(content)
    synced(Mirror(plan, study, uri), progress)
    after = shown()
    assert after["0000 wae-gaussian"]["tags"].pop("mlflow.parentRunId") == after["dsprites"]["id"]
    assert read_note(study.trial(0).mlflow)["run_id"] == after["0000 wae-gaussian"]["id"]
    before["0000 wae-gaussian"]["tags"].pop("mlflow.parentRunId")
    for run in (before["0000 wae-gaussian"], after["0000 wae-gaussian"]):
        run.pop("id")
    assert after["0000 wae-gaussian"] == before["0000 wae-gaussian"]


def test_two_studies_of_one_name_stay_apart(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, runs: Path
) -> None:
    from mlflow import MlflowClient

    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    synced(Mirror(plan, StudyFolder(runs / "elsewhere" / "dsprites"), uri), StudyProgress([trials.record(0)]))
    assert len(MlflowClient(uri).search_runs(["1"])) == 4


def test_one_bad_trial_does_not_keep_back_the_others(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    trials.train(0, 1000)
    study.trial(0).metrics.write_text("not json\n")
    mirror = Mirror(plan, study, uri)
    assert not mirror.sync(StudyProgress([trials.record(0), trials.record(1)]))
    assert mirror.error is not None
    assert "JSONDecodeError" in mirror.error
    assert shown()["0001 beta-vae"]["status"] == "FINISHED"


def test_a_server_that_is_down_costs_one_error_and_no_credentials(
    plan: StudyPlan, study: StudyFolder, trials: Any, runs: Path, shown: Shown, uri: str
) -> None:
    down = open_store("http://someone:secret@127.0.0.1:9", runs)
    mirror = Mirror(plan, study, down)
    assert not mirror.sync(StudyProgress([trials.record(0)]))
    assert mirror.error is not None
    assert "127.0.0.1" in mirror.error
    kept = [path.read_text() for path in study.path.rglob("*") if path.is_file()]
    assert not any("secret" in text for text in [mirror.error, *kept])
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    assert shown()["0000 wae-gaussian"]["status"] == "FINISHED"


class Faulty:
    """A client whose call number `at` fails: before it has an effect, or after, as when an answer is lost."""

    def __init__(self, client: Any, at: int, after: bool):
        self.client, self.left, self.after = client, at, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)

        def call(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == -1 and not self.after:
                raise ConnectionError("down")
            result = method(*arguments, **options)
            if self.left == -1:
                raise ConnectionError("answer lost")
            return result

        return call


def comparable(store: dict[str, Any]) -> dict[str, Any]:
    """Without what differs between any two stores: ids, and the times of the study's own run."""
    for name, run in store.items():
        run.pop("id")
        run["tags"]["mlflow.note.content"] = re.sub(r"load_model\(.*\)", "", run["tags"]["mlflow.note.content"])
        run["tags"] = {k: v for k, v in run["tags"].items() if k not in {"study_id", "mlflow.parentRunId"}}
        if name == "dsprites":
            run.pop("ended")
            run["histories"] = {key: points[-1][:2] for key, points in run["histories"].items()}
    return store


@pytest.mark.slow
@pytest.mark.ci
@settings(max_examples=12)
@given(data=st.data())
def test_cut_anywhere_the_store_ends_as_if_mirrored_at_once(
    database: Path, plan: StudyPlan, make_trials: Any, read: Callable[[str], dict[str, Any]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        runs = [Path(name) / "cut", Path(name) / "once"]
        for place in runs:
            place.mkdir()
            shutil.copy(database, place / "mlflow.db")
        cut, once = (f"sqlite:///{place / 'mlflow.db'}" for place in runs)
        study = StudyFolder(runs[0] / "dsprites")
        trials = make_trials(plan, study)
        real_open = Connection.open

        def sync(mirror: Mirror, progress: StudyProgress) -> None:
            """With a call that fails on the way, perhaps; the next sync may be a long way off."""
            at = data.draw(st.none() | st.integers(0, 40), label="failing call")
            if at is None:
                synced(mirror, progress)
                return
            after = data.draw(st.booleans(), label="after its effect")

            def faulty(*arguments: Any) -> Connection:
                connection = real_open(*arguments)
                connection.client = Faulty(connection.client, at, after)  # type: ignore[assignment]
                return connection

            patch.setattr(Connection, "open", faulty)
            Mirror(plan, study, cut).sync(progress)
            patch.setattr(Connection, "open", real_open)

        mirror = Mirror(plan, study, cut)
        for until in (1000, 3000):
            for number in range(2):
                trials.train(number, until, since=until // 3000 * 1000)
            sync(mirror, StudyProgress(running={n: trials.config(n) for n in range(2)}))
            if data.draw(st.booleans(), label="new launch"):
                mirror = Mirror(plan, study, cut)
        study.trial(0).pictures.mkdir()
        Image.new("L", (4, 4)).save(study.trial(0).pictures / "samples.png")
        study.trial(0).weights.write_bytes(b"weights")
        records = [trials.record(0), trials.record(1, state="failed", reason="killed", metrics={})]
        sync(mirror, StudyProgress(records[:1], {1: trials.config(1)}, front=[0]))
        whole = StudyProgress(records, {}, front=[0], conclusion=Conclusion(hypervolumes={"beta-vae": 1.0}))
        sync(mirror, whole)
        synced(Mirror(plan, study, cut), whole)

        (study.path / "mlflow.json").unlink()
        synced(Mirror(plan, study, once), whole)
        assert comparable(read(cut)) == comparable(read(once))


def test_one_more_trial_is_all_that_is_looked_at(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many have ended: 30 that are shown, one that left the front, and one more."""
    records = [trials.record(number) for number in range(30)]
    mirror = Mirror(plan, study, uri)
    synced(mirror, StudyProgress(records, front={0, 7}))
    told: list[str] = []

    def spy(name: str) -> None:
        real = getattr(Connection, name)

        def method(self: Connection, run: Any, *arguments: Any) -> Any:
            told.append(run.tags.get("trial", "study"))
            return real(self, run, *arguments)

        monkeypatch.setattr(Connection, name, method)

    for name in ("tag", "extend", "conclude", "introduce", "end"):
        spy(name)
    synced(mirror, StudyProgress([*records, trials.record(30)], front={0, 30}))
    assert set(told) == {"7", "30", "study"}
    told.clear()
    synced(mirror, StudyProgress([*records, trials.record(30)], front={0, 30}))  # equal records, made anew
    assert set(told) == {"study"}
    tags = {run["tags"].get("trial"): run["tags"].get("on_front") for run in shown().values()}
    assert [number for number, on_front in tags.items() if on_front == "true"] in (["0", "30"], ["30", "0"])
