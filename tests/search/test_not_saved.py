"""What Ray is given and does not save."""

import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import optuna

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.search.searcher import StudySearch
from study.search.shutdown import Shutdown
from tests.search.conftest import MakePlan

Open = Callable[[StudyPlan], optuna.Study]


def searcher(study: optuna.Study, plan: StudyPlan, folder: StudyFolder, told: list[int] | None = None) -> StudySearch:
    def job(number: int, settings: dict[str, Any]) -> dict[str, Any]:
        return {"number": number, "config": settings}

    def tell(number: int, outcome: Outcome) -> None:
        if told is not None:
            told.append(number)

    return StudySearch(study, plan, folder, job, tell, Shutdown())


def test_ray_saves_nothing_of_it(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make()
    search = searcher(open_study(plan), plan, folder)
    assert type(pickle.loads(pickle.dumps(search))) is object
    assert deepcopy(search) is search
    search.save_to_dir(str(folder.path))
    assert not list(folder.path.glob("searcher*"))
