"""StudySearch without Ray: the calls that Tune makes, and what the storage holds after each."""

import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import optuna
from ray.tune.search import Searcher

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.search import storage
from study.search.searcher import StudySearch
from study.search.shutdown import Shutdown
from tests.search.conftest import MakePlan
from tests.search.test_storage import METRICS

Open = Callable[[StudyPlan], optuna.Study]


def searcher(study: optuna.Study, plan: StudyPlan, folder: StudyFolder, told: list[int] | None = None) -> StudySearch:
    def job(number: int, settings: dict[str, Any]) -> dict[str, Any]:
        return {"number": number, "config": settings}

    def tell(number: int, outcome: Outcome) -> None:
        if told is not None:
            told.append(number)

    return StudySearch(study, plan, folder, job, tell, Shutdown())


def started(suggestion: dict[str, Any] | str | None) -> int:
    assert isinstance(suggestion, dict)
    return int(suggestion["number"])


def test_trials_until_the_plan_is_full(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan, told = make(trials=3), []
    study = open_study(plan)
    search = searcher(study, plan, folder, told)
    for number in range(3):
        assert started(search.suggest(f"tune{number}")) == number
        Outcome("complete", metrics=METRICS).write(folder.trial(number))
        search.on_trial_complete(f"tune{number}", {"anything": float("nan")})
    assert search.suggest("more") == Searcher.FINISHED
    assert told == [0, 1, 2]
    assert [record.state for record in storage.records(study, folder)] == ["complete"] * 3


def test_no_more_are_started_than_planned_while_they_run(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make(trials=2)
    search = searcher(open_study(plan), plan, folder)
    assert started(search.suggest("a")) == 0
    assert started(search.suggest("b")) == 1
    assert search.suggest("c") == Searcher.FINISHED


def test_a_trial_that_left_no_outcome_has_failed(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make(trials=2)
    study = open_study(plan)
    search = searcher(study, plan, folder)
    search.suggest("a")
    search.on_trial_complete("a", None, error=True)
    (record,) = storage.records(study, folder)
    assert record.state == "failed"
    assert record.reason


def test_orphans_come_first_and_those_that_had_ended_are_only_told(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(trials=4)
    first = searcher(open_study(plan), plan, folder)
    for name in "abc":
        first.suggest(name)  # and the driver is killed
    Outcome("complete", metrics=METRICS).write(folder.trial(1))

    told: list[int] = []
    study = open_study(plan)
    before = {trial.number: trial.user_attrs["config"] for trial in study.trials}
    search = searcher(study, plan, folder, told)
    suggestions = [search.suggest(name) for name in "xyz"]
    assert [started(suggestion) for suggestion in suggestions] == [0, 2, 3]
    assert told == [1]
    for suggestion in suggestions[:2]:
        assert isinstance(suggestion, dict)
        assert suggestion["config"] == before[suggestion["number"]]
    assert search.suggest("w") == Searcher.FINISHED


def test_what_is_proposed_is_plain_values(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make()
    suggestion = searcher(open_study(plan), plan, folder).suggest("a")
    assert deepcopy(suggestion) == suggestion == pickle.loads(pickle.dumps(suggestion))


def test_ray_saves_nothing_of_it(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make()
    search = searcher(open_study(plan), plan, folder)
    assert type(pickle.loads(pickle.dumps(search))) is object
    assert deepcopy(search) is search
    search.save_to_dir(str(folder.path))
    assert not list(folder.path.glob("searcher*"))
