"""SearchSpace: the content of a YAML file of `search_spaces/`, validated as a whole before anything starts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from study.config.early_stopping import EarlyStopping
from study.config.families import FAMILIES, families_with
from study.config.messages import one_of, received, sentence, suggestion
from study.config.networks import NETWORKS, networks_with
from study.config.parameter import Parameter, check_grid, check_models, check_size, corners, extremes, grid
from study.config.trial import DEFAULT_NETWORK, TrialConfig, declared, setting_names, whole_numbers
from study.config.values import Choice, Name, Number, Whole
from study.data import DATASETS
from study.metrics import Direction, offered

if TYPE_CHECKING:
    import pandas as pd

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
"""Names of the parts of the paper that a study's records can answer: a figure, a table, the numbers of section 3.2
(`headline`), or the effect of a shorter budget. `study.report.paper` draws each and gives its verdicts.
"""


class Objective(BaseModel):
    """A metric that is optimised, with its direction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    direction: Direction

    @property
    def sign(self) -> int:
        """+1 where smaller is better, -1 where larger is: `sign * value` is always minimised."""
        return 1 if self.direction == "minimize" else -1


def minimised(
    values: "Mapping[str, Any] | pd.DataFrame", objectives: Sequence[Objective], prefix: str = ""
) -> np.ndarray:
    """The values of the objectives, each turned so that less is better: (m,) of a mapping, (n, m) of a table's rows.

    `prefix`: what the names of the objectives have before them in `values`.
    """
    return np.stack([o.sign * np.asarray(values[prefix + o.name], dtype=float) for o in objectives]).T


class Preset(BaseModel):
    """The number of trials of a study, and the settings (above all the budget) that go with it.

    `trials` is left out for a grid, whose number of points is fixed.
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

    plugins: tuple[str, ...] = ()
    """Plugins that provide more datasets, families, networks and metrics: see `study.config.plugins`."""

    dataset: str
    objectives: tuple[Objective, ...] = Field(min_length=1)
    reference: dict[str, Number] = Field(default_factory=dict)
    metrics: tuple[str, ...] | None = None
    """Metrics that trials compute in addition to the objectives; None: all of the dataset's but costly ones."""

    balance: str | None = None
    parameters: dict[str, Parameter] = Field(min_length=1)
    fixed: dict[str, Any] = Field(default_factory=dict)
    sampler: SamplerName = "tpe"
    replicates: Whole = Field(default=1, ge=1)
    early_stopping: EarlyStopping | None = None
    """The rungs at which trials are measured, and may be stopped; a preset's own replace them. None: no rungs."""

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
            if name not in setting_names():
                raise ValueError(f"{received(name)} is not a setting of a trial; {one_of(setting_names(), name)}")
            for other, allowed in parameter.when.items():
                if other not in parameters:
                    raise ValueError(
                        f"{name}.when: {received(other)} is not a parameter of this space; {one_of(parameters, other)}"
                    )
                if other not in seen:
                    raise ValueError(f"{name}.when: {other!r} must come before {name!r}, which depends on it")
                for value in allowed:
                    if not seen[other].takes(value):
                        raise ValueError(
                            f"{name}.when.{other}: received {received(value)}, which {other!r} never takes"
                        )
            if name in whole_numbers() and parameter.choices is None and not parameter.integer:
                raise ValueError(f"{name}: its values are whole numbers; a range of it needs integer: true")
            seen[name] = _scaled(name, parameter)
        return seen

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.dataset not in DATASETS:
            raise ValueError(f"dataset: received {received(self.dataset)}; {one_of(DATASETS, self.dataset)}")
        check_size(self.parameters, times=len(self.presets))
        self._check_objectives()
        self._check_families()
        self._check_settings()
        self._check_conditions()
        if self.balance is not None and (
            self.balance not in self.parameters
            or self.parameters[self.balance].choices is None
            or self.parameters[self.balance].when
        ):
            raise ValueError(
                f"balance: received {received(self.balance)}; allowed: a parameter with choices and without a condition"
            )
        self.check_sampler(self.sampler)
        for name, preset in self.presets.items():
            try:
                self.check_trials(preset.settings)
            except ValidationError as error:
                raise ValueError(f"presets.{name} gives a trial that is not valid: {sentence(error)}") from None
        return self

    def _check_objectives(self) -> None:
        metrics = offered(DATASETS[self.dataset].offers)
        possible = [name for name, metric in metrics.items() if metric.direction is not None]
        names = [objective.name for objective in self.objectives]
        for objective in self.objectives:
            if objective.name not in possible:
                offers = f"{self.dataset} offers {', '.join(sorted(possible))}"
                known = suggestion(objective.name, sorted(possible)) or offers
                raise ValueError(f"objectives: received {received(objective.name)}; {known}")
            right = metrics[objective.name].direction
            if objective.direction != right:
                raise ValueError(
                    f"objectives.{objective.name}: received {objective.direction!r}; this metric is {right}d"
                )
        if len(set(names)) < len(names):
            raise ValueError(f"objectives: received a name twice: {', '.join(names)}")
        if self.reference and set(self.reference) != set(names):
            raise ValueError(
                f"reference: received {', '.join(self.reference)}; needs a value for each objective: {', '.join(names)}"
            )
        for name in self.metrics or ():
            if name not in metrics:
                known = suggestion(name, sorted(metrics)) or f"{self.dataset} offers {', '.join(sorted(metrics))}"
                raise ValueError(f"metrics: received {received(name)}; {known}")

    def _check_settings(self) -> None:
        families = frozenset(self.families())
        networks = {str(settings["network"]) for _, settings in self._places() if "network" in settings}
        if "network" in self.parameters:
            networks |= set(map(str, self.parameters["network"].choices or ()))
        networks = networks or {DEFAULT_NETWORK}
        for place, settings in self._places():
            for key in settings:
                if key not in setting_names():
                    raise ValueError(
                        f"{place}: {received(key)} is not a setting of a trial; {one_of(sorted(setting_names()), key)}"
                    )
                if key in self.parameters:
                    raise ValueError(f"{place}.{key}: it is also under parameters; remove one of the two")
                if families and not families & families_with(key):
                    raise ValueError(f"{place}.{key}: {', '.join(sorted(families))} has no {key}")
                if networks <= set(NETWORKS) and not networks & networks_with(key):
                    raise ValueError(f"{place}.{key}: {', '.join(sorted(networks))} has no {key}")
        for name, preset in self.presets.items():
            if preset.trials is None and self.sampler != "grid":
                raise ValueError(f"presets.{name}: trials is needed with sampler {self.sampler}; received none")

    def _check_families(self) -> None:
        given = [("parameters.family", family) for family in self.families() if "family" in self.parameters]
        given += [(place, settings["family"]) for place, settings in self._places() if "family" in settings]
        for place, family in given:
            if family not in list(FAMILIES):  # a list can be asked for what cannot be hashed too
                raise ValueError(f"{place}: received {received(family)}; {one_of(FAMILIES, family)}")

    def _check_conditions(self) -> None:
        for name, parameter in self.parameters.items():
            if not any(name in point for point in corners(self.parameters, name)):
                raise ValueError(f"parameters.{name}.when: never holds; received {received(parameter.when)}")
            having = families_with(name)
            without = [f for f in self.families() if f not in having and self._has(name, f)]
            if without:
                example = sorted(having & set(self.families())) or ["…"]
                raise ValueError(
                    f"parameters.{name}: {', '.join(without)} has no {name}; add the families that have it, "
                    f"e.g. when: {{family: [{', '.join(example)}]}}"
                )

    def _has(self, name: str, family: str) -> bool:
        """Whether the parameter exists at some point with this family, be it searched or fixed."""
        return any(name in point and point.get("family", family) == family for point in corners(self.parameters, name))

    def _places(self) -> list[tuple[str, dict[str, Any]]]:
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
        return tuple(dict.fromkeys(str(settings["family"]) for _, settings in self._places() if "family" in settings))

    def early_stopping_of(self, preset: str) -> EarlyStopping | None:
        """The rungs under a preset: its own, or the space's."""
        return self.presets[preset].early_stopping or self.early_stopping

    def check_sampler(self, sampler: SamplerName) -> None:
        """`ValueError` unless the sampler can draw from this space."""
        if sampler == "grid":
            check_grid(self.parameters)
        if sampler == "gp":
            check_models(self.parameters, self.balance)

    def grid(self) -> Iterator[dict[str, Choice]]:
        """Every point of the space once, conditions included, the last parameter changing fastest."""
        return grid(self.parameters)

    def extremes(self) -> Iterator[dict[str, Choice]]:
        """Points that cover every choice and both ends of every range, under each family and each condition."""
        return extremes(self.parameters)

    def trial_config(self, point: dict[str, Any], settings: dict[str, Any], seed: int) -> TrialConfig:
        """The configuration at a point of the space, under a preset's settings."""
        return TrialConfig(**{"dataset": self.dataset, "seed": seed, **self.fixed, **settings, **point})

    def check_trials(self, settings: dict[str, Any]) -> None:
        """`ValidationError` if some corner of the space is no valid trial under these settings."""
        for point in self.extremes():
            self.trial_config(point, settings, seed=0)


def _scaled(name: str, parameter: Parameter) -> Parameter:
    """The parameter on the scale of its setting, if it is a range that says nothing of its own."""
    setting = declared().get(name)
    if setting is None or not setting.log or parameter.choices is not None or "log" in parameter.model_fields_set:
        return parameter
    return Parameter(**{**parameter.model_dump(), "log": True})
