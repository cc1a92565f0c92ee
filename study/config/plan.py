"""StudyPlan: a search space together with what the command line decided. `study.yaml` is this, written out."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from study.config.early_stopping import EarlyStopping
from study.config.families import FAMILIES, families_with
from study.config.messages import one_of, received, sentence, shortened
from study.config.plugins import Plugin, declare_stored, different, loaded
from study.config.points import Point, check_points
from study.config.setting import validated
from study.config.space import SamplerName, SearchSpace
from study.config.trial import TrialConfig, declared, setting_names
from study.config.values import Name, Truth, Whole
from study.config.warm_start import WarmStart, check_learning
from study.config.yaml_text import Misread, read_text, read_yaml, write_yaml
from study.system.errors import InputError, one_line
from study.system.files import write_atomically

_DESCRIBING: dict[str, Any] = {
    "trials": True,
    "space": {"description": True, "paper": True},
    "plugins": {"__all__": {"reference", "version", "commit", "data"}},
}
"""The fields of a plan that may change while it stays the same study."""

_RESTORE = "correct the file, or start a study with another name"


class StudyPlan(BaseModel):
    """The trials that a study consists of. Two launches with the same plan are the same study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    space: SearchSpace
    preset: str
    sampler: SamplerName
    seed: Whole = Field(ge=0)
    trials: Whole = Field(ge=1)
    replicates: Whole = Field(ge=1)
    stopping: Truth = False
    """Whether trials are stopped at the rungs. They are measured there in any case, so that both can be compared."""

    points: tuple[dict[str, Any], ...] = ()
    """Points of the space, possibly partial, that are tried first, each with its replicates in a row; the sampler, or
    the grid, comes after them. See `study.config.points`."""

    confirms: Name | None = None
    """The study whose winners it trains again: see `study.running.confirmation`."""

    seeds: Literal["search", "confirmation"] = "search"
    """The range that the trials' seeds are drawn from: no seed of a confirmation is one of a search."""

    warm_start: WarmStart | None = None
    """The earlier study that the sampler has learnt from."""

    overrides: dict[str, Any] = Field(default_factory=dict)

    plugins: tuple[Plugin, ...] = ()
    """Those that the space names: which code they are, and what they declare."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.preset not in self.space.presets:
            raise ValueError(f"preset: received {received(self.preset)}; the space has {', '.join(self.space.presets)}")
        for key in self.overrides:
            if key not in setting_names():
                raise ValueError(f"overrides: {received(key)} is not a setting of a trial")
        self.space.check_sampler(self.sampler)
        if self.warm_start is not None:
            check_learning(self.sampler)
        if self.stopping and self.early_stopping is None:
            raise ValueError("stopping: the space has no early_stopping")
        try:
            check_points(self.space, self.points)
        except ValueError as error:
            raise ValueError(f"points: {error}") from None
        try:
            self.space.check_trials(self.settings)
        except ValidationError as error:
            raise ValueError(sentence(error)) from None
        return self

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that every trial shares: the preset's, and over them those of `--set`."""
        return {**self.space.presets[self.preset].settings, **self.overrides}

    @property
    def early_stopping(self) -> EarlyStopping | None:
        """The rungs at which trials are measured, if there are any."""
        return self.space.early_stopping_of(self.preset)

    @property
    def listed(self) -> int:
        """How many trials, the first ones, are of the points that were given."""
        return len(self.points) * self.replicates

    @property
    def adaptive(self) -> bool:
        """Whether the sampler learns from results, so that a trial's configuration depends on those before it."""
        return self.sampler not in ("random", "grid")

    @property
    def balanced(self) -> bool:
        """Whether every value of the space's `balance` parameter gets the same number of trials."""
        balance = self.space.balance
        if balance is None or self.sampler == "grid":
            return False
        values = self.space.parameters[balance].choices or ()
        given = Counter(point.get(balance) for point in self.points)
        return (
            (self.trials - self.listed) // self.replicates % len(values) == 0
            and len({given[value] for value in values}) == 1
            and None not in given
        )

    def trial_config(self, point: dict[str, Any], seed: int) -> TrialConfig:
        return self.space.trial_config(point, self.settings, seed)

    def difference(self, other: Self) -> str | None:
        """The first difference that makes `other` another study, as one line; None if at most `trials` differs."""
        if self.overrides != other.overrides:
            return f"--set was {self.overrides or 'not given'}, received {other.overrides or 'none'}"
        if self.warm_start != other.warm_start:
            return f"--warm-start was {self.warm_start or 'not given'}, received {other.warm_start or 'none'}"
        if self.points != other.points:
            return _difference_of_points(self.points, other.points)
        for was, now in zip(self.plugins, other.plugins, strict=False):
            if was.name == now.name and was.sha256 != now.sha256:
                return f"{was.label}: {different(was, now)}"
        said_above: dict[str, Any] = {"overrides": True, "points": True, "warm_start": True}
        mine, theirs = (plan.model_dump(mode="json", exclude=_DESCRIBING | said_above) for plan in (self, other))
        return _first_difference(mine, theirs)

    @property
    def checksum(self) -> str:
        """SHA-256 of everything that identifies the study: all fields except the number of trials and descriptions."""
        content = self.model_dump(mode="json", exclude=_DESCRIBING, exclude_defaults=True)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def save(self, path: Path) -> None:
        write_atomically(path, write_yaml(self.model_dump(mode="json", exclude_defaults=True)))

    @classmethod
    def load(cls, path: Path) -> Self:
        """The plan that a study folder holds; `InputError` if it holds none that can be read."""
        try:
            content = read_yaml(read_text(path))
            declare_stored(content.get("plugins") if isinstance(content, dict) else None)
            return cls.model_validate(content)
        except FileNotFoundError:
            raise InputError(f"{path.parent}: no study there; a study's folder holds a {path.name}") from None
        except ValidationError as error:
            raise InputError(f"{path}: {sentence(error)}; {_RESTORE}") from None
        except Misread as error:
            raise InputError(f"{path}: {error}; {_RESTORE}") from None
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read as YAML: {one_line(error)}; {_RESTORE}") from None


def _difference_of_points(mine: Sequence[Point], theirs: Sequence[Point]) -> str:
    if len(mine) != len(theirs):
        return f"--enqueue was {len(mine) or 'no'} points, received {len(theirs) or 'none'}"
    number = next(n for n, (was, now) in enumerate(zip(mine, theirs, strict=True)) if was != now)
    was, now = (shortened(str(dict(points[number]))) for points in (mine, theirs))
    return f"--enqueue: point {number + 1} was {was}, received {now}"


def _first_difference(mine: Any, theirs: Any, where: str = "") -> str | None:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in [*mine, *(key for key in theirs if key not in mine)]:
            found = _first_difference(mine.get(key), theirs.get(key), f"{where}.{key}" if where else key)
            if found:
                return found
        if list(mine) != list(theirs):
            return f"{where} was in the order {', '.join(mine)}, received {', '.join(theirs)}"
        return None
    return f"{where} was {shortened(repr(mine))}, received {shortened(repr(theirs))}" if mine != theirs else None


def make_plan(
    space: SearchSpace,
    source: str,
    *,
    name: str,
    preset: str,
    seed: int,
    trials: int | None = None,
    sampler: SamplerName | None = None,
    stopping: bool | None = None,
    points: Sequence[Any] = (),
    overrides: dict[str, Any] | None = None,
) -> StudyPlan:
    """The plan of a launch. `source` is the space's file, for error messages.

    An override fixes a setting: a searched parameter that is overridden is no longer searched. `stopping` is whether
    trials are stopped early; None: as the space says, but never on a grid, of which every trial is wanted. `points`
    are tried first; the remaining trials, or the whole grid, come after them.
    """
    overrides = overrides or {}
    if preset not in space.presets:
        raise InputError(f"--preset: received {received(preset)}; {source} has {', '.join(space.presets)}")
    for key in overrides:
        if key not in setting_names():
            raise InputError(
                f"--set: {received(key)} is not a setting of a trial; {one_of(sorted(setting_names()), key)}"
            )
    if "images" in overrides and "steps" in overrides:
        raise InputError("--set: the budget is either images or steps; received both")
    try:
        reduced = _fix(space, overrides)
        chosen = reduced.presets[preset]
        sampler = sampler or reduced.sampler
        reduced.check_sampler(sampler)
        rungs = reduced.early_stopping_of(preset)
        if stopping and rungs is None:
            raise InputError(f"--early-stopping: {source} has no early_stopping, which defines the rungs")
        if stopping is None:
            stopping = rungs is not None and rungs.stop and sampler != "grid"
        replicates = chosen.replicates or reduced.replicates
        planned = (len(points) + len(list(reduced.grid()))) * replicates if sampler == "grid" else chosen.trials
        number = planned if trials is None else trials
        if number is None:
            raise InputError(
                f"--sampler {sampler}: preset {preset!r} of {source} has no number of trials; use --trials"
            )
        plan = StudyPlan(
            name=name,
            space=reduced,
            preset=preset,
            sampler=sampler,
            seed=seed,
            trials=number,
            replicates=replicates,
            stopping=stopping,
            points=_points(reduced, points, replicates, number),
            overrides=overrides,
            plugins=tuple(map(loaded, reduced.plugins)),
        )
    except ValidationError as error:
        raise InputError(f"{source}: {sentence(error)}") from None
    except ValueError as error:
        raise InputError(f"{source}: {error}") from None
    return plan


def _points(space: SearchSpace, given: Sequence[Any], replicates: int, trials: int) -> tuple[Point, ...]:
    try:
        points = check_points(space, given)
    except ValueError as error:
        raise InputError(f"--enqueue: {error}") from None
    if len(points) * replicates > trials:
        each = f" with {replicates} replicates each" if replicates > 1 else ""
        raise InputError(
            f"--enqueue: received {len(points)} points{each}; the study has {trials} trials: use --trials for more"
        )
    return points


def _fix(space: SearchSpace, overrides: dict[str, Any]) -> SearchSpace:
    """The space without the searched parameters that are overridden; conditions on them are settled.

    Of what the space and its presets fix, that goes which no family has any more.
    """
    if not overrides:
        return space
    for key, value in overrides.items():
        _check_value(key, value)
    parameters: dict[str, Any] = {}
    for name, parameter in space.parameters.items():
        if name in overrides:
            if name == "family" and not parameter.takes(overrides[name]):
                allowed = ", ".join(map(str, parameter.choices or ()))
                raise InputError(f"--set family: received {received(overrides[name])}; the space has {allowed}")
        elif all(overrides[key] in v if key in overrides else key in parameters for key, v in parameter.when.items()):
            kept = parameter.model_dump(mode="json", exclude_defaults=True)
            kept["when"] = {key: value for key, value in parameter.when.items() if key not in overrides}
            parameters[name] = kept
    if not parameters:
        raise InputError("--set: every parameter is fixed; at least one must be left to search")
    families = {overrides["family"]} if "family" in overrides else set(space.families())
    for key in overrides:
        if families <= set(FAMILIES) and not families & families_with(key):
            raise InputError(f"--set {key}: {', '.join(sorted(families))} has no {key}")
    budget = {"images", "steps"} if {"images", "steps"} & set(overrides) else set()

    def left(settings: dict[str, Any]) -> dict[str, Any]:
        return {
            key: value
            for key, value in settings.items()
            if key not in overrides and key not in budget and families & families_with(key)
        }

    data = space.model_dump(mode="json", exclude_defaults=True)
    data["parameters"] = parameters
    data["fixed"] = left(space.fixed) | overrides
    data["presets"] = {
        name: left(preset.settings)
        | preset.model_dump(mode="json", include={"trials", "replicates", "early_stopping"}, exclude_none=True)
        for name, preset in space.presets.items()
    }
    if data.get("balance") in overrides:
        data.pop("balance")
    return SearchSpace.model_validate(data)


def _check_value(key: str, value: Any) -> None:
    """`InputError` if the setting never has that value, whatever the others are."""
    if value is None:
        raise InputError(f"--set {key}: needs a value; received none")
    own, budget = declared(), {} if key == "images" else {"steps": 1}
    try:
        if key in own:
            validated({key: own[key]}, {key: value})
        else:
            TrialConfig(**{"dataset": "", "family": "vae", "seed": 0, "latent_dim": 1, **budget, key: value})
    except ValidationError as error:
        wrong = sentence(error)
        if wrong.startswith(key):
            raise InputError(f"--set {wrong}") from None
