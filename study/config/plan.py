"""StudyPlan: a search space together with what the command line decided. `study.yaml` is this, written out."""

from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from study.config.space import SETTINGS, SamplerName, SearchSpace, sentence
from study.config.trial import TrialConfig
from study.errors import InputError
from study.folder import write_atomically


class StudyPlan(BaseModel):
    """Which trials a study consists of. Two launches with the same plan are the same study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    space: SearchSpace
    preset: str
    sampler: SamplerName
    seed: int = Field(ge=0)
    trials: int = Field(ge=1)
    replicates: int = Field(ge=1)
    overrides: dict[str, Any] = Field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that every trial shares: the preset's, and over them those of `--set`."""
        return {**self.space.presets[self.preset].settings, **self.overrides}

    @property
    def balanced(self) -> bool:
        """Whether every value of the space's `balance` parameter gets the same number of trials."""
        if self.space.balance is None:
            return False
        groups = len(self.space.parameters[self.space.balance].choices or ())
        return self.sampler != "grid" and (self.trials // self.replicates) % groups == 0

    def trial_config(self, point: dict[str, Any], seed: int) -> TrialConfig:
        return self.space.trial_config(point, self.settings, seed)

    def difference(self, other: Self) -> str | None:
        """What makes `other` another study, as one line; None where it is the same, or the same with other `trials`."""
        for field in ("name", "preset", "sampler", "seed", "replicates", "overrides"):
            mine, theirs = getattr(self, field), getattr(other, field)
            if mine != theirs:
                return f"{field} was {mine!r}, received {theirs!r}"
        mine, theirs = self.space.model_dump(mode="json"), other.space.model_dump(mode="json")
        for key in mine:
            if mine[key] != theirs[key]:
                return f"the space's {key} was {mine[key]!r}, received {theirs[key]!r}"
        return None

    def save(self, path: Path) -> None:
        write_atomically(
            path,
            yaml.safe_dump(self.model_dump(mode="json", exclude_defaults=True), sort_keys=False, allow_unicode=True),
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """The plan that a study folder holds; `InputError` if it holds none that can be read."""
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise InputError(f"{path.parent}: no study there; a study's folder holds a {path.name}") from None
        except ValidationError as error:
            raise InputError(f"{path}: {sentence(error)}") from None
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(f"{path}: cannot be read as YAML: {' '.join(str(error).split())}") from None


def make_plan(
    space: SearchSpace,
    source: str,
    *,
    name: str,
    preset: str,
    seed: int,
    trials: int | None = None,
    sampler: SamplerName | None = None,
    overrides: dict[str, Any] | None = None,
) -> StudyPlan:
    """The plan of a launch. `source` is the space's file, for error messages.

    An override fixes a setting: a searched parameter that is overridden is no longer searched.
    """
    overrides = overrides or {}
    if preset not in space.presets:
        raise InputError(f"--preset: received {preset!r}; {source} has {', '.join(space.presets)}")
    for key in overrides:
        if key not in SETTINGS:
            raise InputError(f"--set: {key!r} is no setting of a trial; allowed are {', '.join(sorted(SETTINGS))}")
    if "images" in overrides and "steps" in overrides:
        raise InputError("--set: the budget is either images or steps; received both")
    try:
        reduced = _fix(space, overrides)
        chosen = reduced.presets[preset]
        sampler = sampler or reduced.sampler
        if sampler == "grid":
            reduced.check_grid()
        replicates = chosen.replicates or reduced.replicates
        planned = len(list(reduced.grid())) * replicates if sampler == "grid" else chosen.trials
        if planned is None:
            raise InputError(
                f"--sampler {sampler}: preset {preset!r} of {source} names no number of trials; use --trials"
            )
        plan = StudyPlan(
            name=name,
            space=reduced,
            preset=preset,
            sampler=sampler,
            seed=seed,
            trials=trials or planned,
            replicates=replicates,
            overrides=overrides,
        )
        reduced.check_trials(plan.settings)
    except ValidationError as error:
        raise InputError(f"{source}: {sentence(error)}") from None
    except ValueError as error:
        raise InputError(f"{source}: {error}") from None
    return plan


def _fix(space: SearchSpace, overrides: dict[str, Any]) -> SearchSpace:
    """The space without the searched parameters that are overridden; conditions on them are settled."""
    data = space.model_dump(mode="json", exclude_defaults=True)
    parameters: dict[str, Any] = {}
    for name, parameter in space.parameters.items():
        if name in overrides:
            if not parameter.admits(overrides[name]) and name == "family":
                raise ValueError(f"--set family: received {overrides[name]!r}; the space has {parameter.choices}")
            continue
        settled = {key: value for key, value in parameter.when.items() if key in overrides}
        if all(overrides[key] in allowed for key, allowed in settled.items()):
            kept = parameter.model_dump(mode="json", exclude_defaults=True)
            kept["when"] = {key: value for key, value in parameter.when.items() if key not in overrides}
            parameters[name] = kept
    if not parameters:
        raise ValueError("--set: every parameter is fixed; at least one must be left to search")
    fixed = {key: value for key, value in space.fixed.items() if key not in overrides}
    budget = {"images", "steps"} & set(overrides)
    drop = ({"images", "steps"} - budget) if budget else set()
    presets = {
        name: {k: v for k, v in preset.model_dump(mode="json", exclude_none=True).items() if k not in drop}
        for name, preset in space.presets.items()
    }
    fixed = {key: value for key, value in fixed.items() if key not in drop}
    if "family" in overrides:
        fixed["family"] = overrides["family"]
    data.update(parameters=parameters, fixed=fixed, presets=presets)
    if data.get("balance") in overrides:
        data.pop("balance")
    return SearchSpace.model_validate(data)
