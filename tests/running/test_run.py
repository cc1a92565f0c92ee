"""What a launch does around the search: whether a folder is the same study, the front, and whose weights stay."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.pareto.dominance import non_dominated
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.records.table import TrialRecord
from study.running.run import (
    Keep,
    Listener,
    Options,
    _State,
    family_fronts,
    front,
    keep_weights,
    resume_plan,
    run_study,
)
from study.search.allocation import Resources
from study.system.errors import InputError
from study.tracking.content import StudyProgress
from tests.make import plan

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own


def record(trial: int, family: str, values: tuple[float, float] | None) -> TrialRecord:
    setting = {"beta": 4} if family == "beta-vae" else {"lambda_1": 1, "kernel_bandwidth": 1}
    point = {"family": family, "latent_dim": 8, "batch_size": 100, **setting}
    config = plan().trial_config(point, seed=trial)
    if values is None:
        return TrialRecord(trial, config, "infeasible", "diverged")
    return TrialRecord(
        trial, config, "complete", metrics=dict(zip(("reconstruction", "disentanglement"), values, strict=True))
    )


RECORDS = [
    record(0, "wae-gaussian", (50.0, 0.9)),  # the overall front
    record(1, "wae-gaussian", (40.0, 0.7)),  # the overall front
    record(2, "wae-gaussian", (60.0, 0.8)),  # dominated by 0
    record(3, "beta-vae", (90.0, 0.6)),  # the front of its family
    record(4, "beta-vae", (95.0, 0.6)),  # dominated by 3
    record(5, "beta-vae", None),
]


def test_the_front_is_of_complete_trials_on_test_values() -> None:
    assert front(plan(), RECORDS) == {0, 1}
    assert front(plan(), RECORDS[5:]) == set()
    assert front(plan(), []) == set()


@pytest.mark.parametrize(("keep", "kept"), [("front", {0, 1, 3}), ("all", {0, 1, 2, 3, 4}), ("none", set())])
def test_whose_weights_stay(tmp_path: Path, keep: Keep, kept: set[int]) -> None:
    folder = StudyFolder(tmp_path)
    for trial in range(5):
        folder.trial(trial).path.mkdir(parents=True)
        folder.trial(trial).weights.write_bytes(b"weights")
    keep_weights(plan(), folder, RECORDS, keep)
    assert {trial for trial in range(5) if folder.trial(trial).weights.exists()} == kept


def test_the_front_of_all_is_among_those_of_the_families() -> None:
    assert [r.trial for r in family_fronts(plan(), RECORDS)] == [0, 1, 3]
    assert front(plan(), family_fronts(plan(), RECORDS)) == front(plan(), RECORDS)


class Told:
    """In place of the thread that sends everything to MLflow."""

    def __init__(self) -> None:
        self.latest = StudyProgress()

    def notify(self, progress: StudyProgress) -> None:
        self.latest = progress


point = st.one_of(st.none(), st.tuples(st.integers(0, 6), st.integers(0, 6)))


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from(["wae-gaussian", "beta-vae"]), point), max_size=25),
    st.integers(0, 25),
    st.data(),
)
def test_trial_by_trial_a_study_stands_as_if_all_were_looked_at(
    trials: list[tuple[str, tuple[int, int] | None]], before: int, data: st.DataObject
) -> None:
    records = [record(number, family, values) for number, (family, values) in enumerate(trials)]
    ending = data.draw(st.permutations(records[before:]))
    with tempfile.TemporaryDirectory() as place:
        folder, told = StudyFolder(Path(place)), Told()
        for r in records:
            folder.trial(r.trial).path.mkdir(parents=True)
            folder.trial(r.trial).weights.touch()
        state = _State(plan(), folder, "front", told, records[:before])  # type: ignore[arg-type]
        keep_weights(plan(), folder, records[:before], "front")
        for r in ending:
            state.ended(r)
        assert state.records == records
        assert state.front == front(plan(), records)
        if ending:
            assert (told.latest.records, told.latest.front) == (records, state.front)
        kept = {r.trial for r in records if folder.trial(r.trial).weights.exists()}
        assert kept == {r.trial for r in family_fronts(plan(), records)}


def test_one_more_trial_is_compared_with_the_fronts_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many trials there are: here 50 of them, two of which are on a front."""
    many = [record(number, "wae-gaussian", (50.0 + number, 0.5 - number / 100)) for number in range(48)]
    many += [record(48, "beta-vae", (40.0, 0.6)), record(49, "beta-vae", (41.0, 0.5))]
    state = _State(plan(), StudyFolder(tmp_path), "front", Told(), many)  # type: ignore[arg-type]
    compared: list[int] = []
    monkeypatch.setattr(
        "study.running.run.non_dominated", lambda values: (compared.append(len(values)), non_dominated(values))[1]
    )
    state.ended(record(50, "wae-gaussian", (70.0, 0.4)))
    assert max(compared) <= 3
    assert state.front == {48}


def test_a_study_goes_on_with_as_many_trials_or_more(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "dsprites")
    assert resume_plan(folder, plan(), None) == (plan(), False)
    plan(trials=20).save(folder.plan)
    assert resume_plan(folder, plan(), None)[0].trials == 20
    assert resume_plan(folder, plan(trials=24), 24)[0].trials == 24
    with pytest.raises(InputError, match="can only get more"):
        resume_plan(folder, plan(trials=12), 12)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"seed": 1}, "seed was 0, received 1"),
        ({"preset": "paper"}, "preset was 'quick', received 'paper'"),
        ({"sampler": "random"}, "sampler was 'tpe', received 'random'"),
        ({"overrides": {"width": 8}}, "--set was not given, received {'width': 8}"),
    ],
)
def test_another_study_in_the_folder_is_refused_with_the_difference(
    tmp_path: Path, changed: dict[str, object], named: str
) -> None:
    folder = StudyFolder(tmp_path / "dsprites")
    plan().save(folder.plan)
    with pytest.raises(InputError) as error:
        resume_plan(folder, plan(**changed), None)
    assert named in str(error.value)


def test_fid_without_inception_weights_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from study.config.space import SearchSpace

    monkeypatch.delenv("WAE_STUDY_INCEPTION_WEIGHTS", raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    space, _ = load_space("fading_squares")
    content = {
        **space.model_dump(mode="json", exclude_defaults=True),
        "objectives": {"fid": "minimize"},
        "reference": {},
    }
    fid = make_plan(SearchSpace.model_validate(content), "mine.yaml", name="fid", preset="quick", seed=0)
    with pytest.raises(InputError, match=r"objectives\.fid: no Inception weights"):
        run_study(fid, StudyFolder(tmp_path / "runs" / "fid"), Options(Resources()), Listener())
    assert not (tmp_path / "runs").exists()


@pytest.fixture
def no_ray(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ray is not started: that it was to be is noted instead."""
    from study.search import cluster

    asked: list[str] = []

    @contextmanager
    def note(*_: object) -> Iterator[None]:
        asked.append("Ray")
        yield

    monkeypatch.setattr(cluster, "connected", note)
    return asked


@pytest.mark.parametrize("uri", ["mlruns", "ftp://host", "http://", "sqlite://"])
def test_a_wrong_tracking_uri_is_refused_before_ray_starts(tmp_path: Path, no_ray: list[str], uri: str) -> None:
    folder = StudyFolder(tmp_path / "runs" / "dsprites")
    squares, name = load_space("fading_squares")
    wanted = make_plan(squares, "fading_squares", name=name, preset="quick", seed=0)
    with pytest.raises(InputError, match="--tracking-uri: received"):
        run_study(wanted, folder, Options(Resources(), tracking_uri=uri), Listener())
    assert no_ray == []
    assert not (tmp_path / "runs").exists()


def test_a_database_of_something_else_is_refused_before_there_is_a_study(tmp_path: Path, no_ray: list[str]) -> None:
    """Optuna's is managed in the same way as MLflow's; only MLflow can tell, which is asked while Ray starts."""
    store = tmp_path / "optuna.db"
    optuna.storages.RDBStorage(f"sqlite:///{store}").remove_session()
    folder = StudyFolder(tmp_path / "runs" / "fading_squares")
    squares, name = load_space("fading_squares")
    wanted = make_plan(squares, "fading_squares", name=name, preset="quick", seed=0)
    with pytest.raises(InputError, match="cannot be opened by this MLflow"):
        run_study(wanted, folder, Options(Resources(), tracking_uri=f"sqlite:///{store}"), Listener())
    assert no_ray == ["Ray"]
    assert not folder.path.parent.exists()


def test_an_output_folder_that_cannot_be_is_one_sentence(tmp_path: Path, no_ray: list[str]) -> None:
    (tmp_path / "runs").write_text("a file")
    folder = StudyFolder(tmp_path / "runs" / "fading_squares")
    store = f"sqlite:///{tmp_path}/mlflow.db"
    squares, name = load_space("fading_squares")
    wanted = make_plan(squares, "fading_squares", name=name, preset="quick", seed=0)
    with pytest.raises(InputError, match=r"fading_squares: cannot be written: Not a directory"):
        run_study(wanted, folder, Options(Resources(), tracking_uri=store), Listener())
    assert no_ray == []


def diverged(tmp_path: Path) -> tuple[StudyPlan, StudyFolder]:
    """A study that is done: both of its trials have diverged."""
    from study.search import proposals, storage

    squares, name = load_space("fading_squares")
    wanted = make_plan(squares, "fading_squares", name=name, preset="quick", seed=0, trials=2)
    folder = StudyFolder(tmp_path / "runs" / name)
    folder.path.mkdir(parents=True)
    study = storage.open_study(wanted, folder, storage.default_url(folder))
    for _ in range(2):
        number = proposals.propose(study, wanted).number
        folder.trial(number).path.mkdir(parents=True)
        storage.tell(study, wanted, number, Outcome("infeasible", reason="diverged"))
    wanted.save(folder.plan)
    return wanted, folder


def test_a_study_that_is_done_is_reported_without_ray(tmp_path: Path, no_ray: list[str]) -> None:
    wanted, folder = diverged(tmp_path)
    result = run_study(wanted, folder, Options(Resources()), Listener())
    assert no_ray == []
    assert [record.state for record in result.records] == ["infeasible"] * 2
    assert folder.report.exists()
    assert result.tracking_error is None


def test_a_damaged_storage_is_found_before_more_trials_are_planned(tmp_path: Path, no_ray: list[str]) -> None:
    wanted, folder = diverged(tmp_path)
    before = folder.plan.read_bytes()
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute("UPDATE trial_user_attributes SET value_json = '{\"family\": 1}' WHERE key = 'config'")
    with pytest.raises(InputError, match="trial 0 cannot be read from it: dataset: required, but missing; use another"):
        run_study(wanted.model_copy(update={"trials": 3}), folder, Options(Resources()), Listener())
    assert folder.plan.read_bytes() == before
