"""Small studies of fading squares: real trials of a second each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
import pytest

from study.config.plan import StudyPlan, make_plan
from study.config.space import SearchSpace
from study.records.folder import StudyFolder
from study.search import proposals, storage

SPACE: dict[str, Any] = {
    "name": "small",
    "dataset": "fading_squares",
    "objectives": {"mean_pixel_deviation": "minimize", "reconstruction": "minimize"},
    "balance": "family",
    "parameters": {
        "family": {"choices": ["wae-deterministic", "wae-uniform", "vae"]},
        "lambda_1": {"low": 0.1, "high": 10, "log": True, "zero": 0.4, "when": {"family": "wae-uniform"}},
        "lambda_mmd": {"low": 5, "high": 500, "log": True, "when": {"family": ["wae-deterministic", "wae-uniform"]}},
        "batch_size": {"choices": [20, 40]},
    },
    "fixed": {"latent_dim": 2, "precision": "float32", "width": 8},
    "sampler": "random",
    "presets": {"quick": {"trials": 6, "steps": 30}},
}

GRID: dict[str, Any] = {
    **SPACE,
    "balance": None,
    "sampler": "grid",
    "parameters": {
        "family": {"choices": ["wae-uniform", "vae"]},
        "lambda_1": {"choices": [0, 1, 2], "when": {"family": "wae-uniform"}},
        "batch_size": {"choices": [20, 40]},
    },
}

MakePlan = Callable[..., StudyPlan]


class Cut(Exception):
    """A driver is killed while it draws."""


@contextmanager
def cut_after(draws: int) -> Iterator[None]:
    """The driver proposes within it, and is killed, `Cut`, when it has made so many samplers."""
    left, real = draws, proposals.make_sampler

    def cutting(*arguments: Any) -> Any:
        nonlocal left
        if left == 0:
            raise Cut
        left -= 1
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proposals, "make_sampler", cutting)
        yield


@pytest.fixture
def make() -> MakePlan:
    """A plan of the small space; `space` entries and plan arguments can be replaced."""

    def build(space: dict[str, Any] = SPACE, **arguments: Any) -> StudyPlan:
        given = {"name": "small", "preset": "quick", "seed": 3, **arguments}
        return make_plan(SearchSpace.model_validate(space), "small.yaml", **given)

    return build


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    study = StudyFolder(tmp_path / "runs" / "small")
    study.path.mkdir(parents=True)
    return study


@pytest.fixture
def open_study(folder: StudyFolder) -> Callable[[StudyPlan], optuna.Study]:
    """Open the study's database as a new process would."""
    return lambda plan: storage.open_study(plan, folder, storage.default_url(folder))
