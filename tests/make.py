"""What most tests begin with: a configuration, a plan, a record; and the sentence that something is refused with."""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import Result

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.config.space import SearchSpace
from study.config.trial import TrialConfig
from study.records.table import TrialRecord
from study.system.errors import InputError


def config(**settings: Any) -> TrialConfig:
    """A Gaussian WAE of eight dimensions on 1,000 images of dSprites, but for these settings."""
    common = {"dataset": "dsprites", "family": "wae-gaussian", "seed": 0, "images": 1000, "latent_dim": 8}
    return TrialConfig(**{**common, **settings})


def plan(space: str | SearchSpace = "dsprites", **settings: Any) -> StudyPlan:
    """The quick preset of a space, shipped or given, with seed 0, but for these settings."""
    loaded, name = load_space(space) if isinstance(space, str) else (space, "study")
    source = space if isinstance(space, str) else "mine"
    return make_plan(loaded, source, **{"name": name, "preset": "quick", "seed": 0, **settings})


def record(of: StudyPlan, trial: int, point: dict[str, Any] | None = None, **values: Any) -> TrialRecord:
    """A complete trial of the plan at a point, by default of a beta-VAE, with its number as seed."""
    point = point or {"family": "beta-vae", "latent_dim": 8, "beta": 4, "batch_size": 100}
    return TrialRecord(trial=trial, config=of.trial_config(point, trial), **{"state": "complete", **values})


def refused(call: Callable[..., object], *arguments: Any, **named: Any) -> str:
    """The one line of the `InputError` that the call raises."""
    with pytest.raises(InputError) as error:
        call(*arguments, **named)
    assert "\n" not in str(error.value)
    return str(error.value)


def refused_command(result: Result) -> str:
    """What a refused command says: one line on standard error that starts with `error: `, and nothing else."""
    assert result.exit_code == 2, (result.output, result.exception)
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith("\n")
    return result.stderr.removeprefix("error: ").strip()
