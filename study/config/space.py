"""SearchSpace: what a YAML file of `search_spaces/` says, validated as a whole before anything starts."""

from collections.abc import Iterator
from itertools import product
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from study.config.early_stopping import EarlyStopping
from study.config.messages import received
from study.config.parameter import Parameter
from study.config.space_checks import check_grid, check_space
from study.config.trial import SETTINGS, WHOLE, TrialConfig
from study.config.values import Choice, Name, Number, Whole
from study.data import DATASETS
from study.metrics import Direction, offered

SamplerName = Literal["tpe", "gp", "nsga2", "nsga3", "random", "grid"]

PaperRow = Literal[
    "figure1",
    "figure2",
    "figure2_batch_size",
    "footnote3",
    "table1",
    "figure3",
    "figure4",
    "figure5",
    "headline",
    "budget",
]
"""What of the paper a study's records can answer: a figure, a table, the numbers of section 3.2 (`headline`), or what a
shorter budget is worth. `study.report.paper` draws and judges it.
"""


class Objective(BaseModel):
    """What is optimised, and which way. The two never travel apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    direction: Direction

    @property
    def sign(self) -> int:
        """+1 where smaller is better, -1 where larger is: `sign * value` is always minimised."""
        return 1 if self.direction == "minimize" else -1


class Preset(BaseModel):
    """How much of a space is run: the number of trials, and settings (the budget above all) that go with it.

    A grid has the trials that it has: `trials` is left out there.
    """

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    trials: Whole | None = Field(default=None, ge=1)
    replicates: Whole | None = Field(default=None, ge=1)
    early_stopping: EarlyStopping | None = None

    @property
    def settings(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class SearchSpace(BaseModel):
    """Name, dataset, parameters with their conditions, objectives with their directions, budget presets."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: Name
    description: str = ""
    paper: tuple[PaperRow, ...] = ()
    """The rows of the paper that its records serve."""

    dataset: str
    objectives: tuple[Objective, ...] = Field(min_length=1)
    reference: dict[str, Number] = Field(default_factory=dict)
    metrics: tuple[str, ...] | None = None
    """What trials compute beside the objectives; None: all that the dataset offers and that is not costly."""

    balance: str | None = None
    parameters: dict[str, Parameter] = Field(min_length=1)
    fixed: dict[str, Any] = Field(default_factory=dict)
    sampler: SamplerName = "tpe"
    replicates: Whole = Field(default=1, ge=1)
    early_stopping: EarlyStopping | None = None
    """When trials are measured, and may be stopped; a preset's own comes before it. None: never."""

    presets: dict[Name, Preset] = Field(min_length=1)

    @field_validator("objectives", mode="before")
    @classmethod
    def _from_mapping(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return [{"name": name, "direction": direction} for name, direction in value.items()]
        if not isinstance(value, list | tuple):
            raise ValueError(f"needs a mapping of metrics to minimize or maximize; received {received(value)}")
        return value

    @field_validator("parameters", mode="after")
    @classmethod
    def _order_is_kept(cls, parameters: dict[str, Parameter]) -> dict[str, Parameter]:
        seen: dict[str, Parameter] = {}
        for name, parameter in parameters.items():
            if name not in SETTINGS:
                raise ValueError(f"{received(name)} is no setting of a trial; allowed are {', '.join(SETTINGS)}")
            for other, allowed in parameter.when.items():
                if other not in parameters:
                    raise ValueError(
                        f"{name}.when: {received(other)} is no parameter of this space; "
                        f"allowed are {', '.join(parameters)}"
                    )
                if other not in seen:
                    raise ValueError(f"{name}.when: {other!r} must stand before {name!r}, which depends on it")
                for value in allowed:
                    if not seen[other].takes(value):
                        raise ValueError(
                            f"{name}.when.{other}: received {received(value)}, which {other!r} never takes"
                        )
            if name in WHOLE and parameter.choices is None and not parameter.integer:
                raise ValueError(f"{name}: its values are whole numbers; a range of it needs integer: true")
            seen[name] = parameter
        return parameters

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_space(self)
        return self

    @property
    def places(self) -> list[tuple[str, dict[str, Any]]]:
        """Where the space settles settings, by the name that its file has for it, and which."""
        return [("fixed", self.fixed), *((f"presets.{name}", p.settings) for name, p in self.presets.items())]

    @property
    def computed(self) -> tuple[str, ...]:
        """The metrics that trials compute, in the order of the list of all."""
        metrics = offered(DATASETS[self.dataset].offers)
        chosen = self.metrics if self.metrics is not None else [n for n, metric in metrics.items() if not metric.costly]
        wanted = {*chosen, *(objective.name for objective in self.objectives)}
        wanted |= {name for name, metric in metrics.items() if metric.always}
        return tuple(name for name in metrics if name in wanted)

    def families(self) -> tuple[str, ...]:
        """The families that this space can reach, in its own order."""
        if "family" in self.parameters:
            return tuple(str(choice) for choice in self.parameters["family"].choices or ())
        return tuple(dict.fromkeys(str(settings["family"]) for _, settings in self.places if "family" in settings))

    def early_stopping_of(self, preset: str) -> EarlyStopping | None:
        """The rungs under a preset: its own, or the space's."""
        return self.presets[preset].early_stopping or self.early_stopping

    def grid(self) -> Iterator[dict[str, Choice]]:
        """Every point of the space once, conditions included, the last parameter changing fastest."""
        check_grid(self)
        seen = set()
        for values in product(*(parameter.choices or () for parameter in self.parameters.values())):
            point: dict[str, Choice] = {}
            for (name, parameter), value in zip(self.parameters.items(), values, strict=True):
                if parameter.exists(point):
                    point[name] = value
            key = repr(point)
            if key not in seen:
                seen.add(key)
                yield point

    def extremes(self) -> Iterator[dict[str, Choice]]:
        """Points enough to meet every choice and both ends of every range, under each family and each condition."""
        for name in self.parameters:
            yield from self.corners(name)

    def corners(self, name: str) -> Iterator[dict[str, Choice]]:
        """Points at all ends of a parameter, of the family and of what its condition depends on; else at first ends."""
        varied = self.varied(name)
        for values in product(*(self.parameters[other].ends() for other in varied)):
            chosen = dict(zip(varied, values, strict=True))
            point: dict[str, Choice] = {}
            for other, parameter in self.parameters.items():
                if parameter.exists(point):
                    point[other] = chosen.get(other, parameter.ends()[0])
            yield point

    def varied(self, name: str) -> list[str]:
        """A parameter, the family, and what their conditions depend on, in the order of the space."""
        needed = {"family", name}
        for other in reversed(self.parameters):
            if other in needed:
                needed |= set(self.parameters[other].when)
        return [other for other in self.parameters if other in needed]

    def trial_config(self, point: dict[str, Any], settings: dict[str, Any], seed: int) -> TrialConfig:
        """The configuration at a point of the space, under a preset's settings."""
        return TrialConfig(**{"dataset": self.dataset, "seed": seed, **self.fixed, **settings, **point})
