"""What must hold of a space as a whole, before anything starts: each rule with the sentence that says it is broken."""

from math import prod
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from study.config.families import APPLIES_TO, FAMILIES
from study.config.messages import received, sentence
from study.config.trial import CONVOLUTIONAL, SETTINGS, TrialConfig
from study.data import DATASETS
from study.metrics import offered

if TYPE_CHECKING:
    from study.config.space import SamplerName, SearchSpace

MOST_POINTS = 50_000
"""Points of a grid, and configurations that are looked at when a space is read: seconds. A study has thousands."""


def check_space(space: "SearchSpace") -> None:
    """`ValueError` if something of the space does not go with the rest of it."""
    if space.dataset not in DATASETS:
        raise ValueError(f"dataset: received {received(space.dataset)}; allowed are {', '.join(DATASETS)}")
    _check_size(space)
    _check_objectives(space)
    _check_families(space)
    _check_settings(space)
    _check_conditions(space)
    _check_balance(space)
    check_sampler(space, space.sampler)
    for name, preset in space.presets.items():
        try:
            check_trials(space, preset.settings)
        except ValidationError as error:
            raise ValueError(f"presets.{name} gives a trial that cannot be: {sentence(error)}") from None


def check_sampler(space: "SearchSpace", sampler: "SamplerName") -> None:
    """`ValueError` unless the sampler can draw from this space."""
    if sampler == "grid":
        check_grid(space)
    if sampler == "gp":
        _check_models(space)


def check_grid(space: "SearchSpace") -> None:
    """`ValueError` unless every parameter has choices, so that the space can be enumerated."""
    for name, parameter in space.parameters.items():
        if parameter.choices is None:
            raise ValueError(f"parameters.{name}: the grid sampler needs choices; received a range")
    points = prod(len(parameter.choices or ()) for parameter in space.parameters.values())
    if points > MOST_POINTS:
        raise ValueError(f"parameters: a grid has {MOST_POINTS:,} points at most; received {points:,}")


def check_trials(space: "SearchSpace", settings: dict[str, Any]) -> None:
    """`ValidationError` if some corner of the space is no valid trial under these settings."""
    for point in space.extremes():
        space.trial_config(point, settings, seed=0)


def _check_models(space: "SearchSpace") -> None:
    """A Gaussian process models trials that all have the same parameters: those with one value of `balance`."""
    for name, parameter in space.parameters.items():
        for other in parameter.when:
            if other != space.balance:
                raise ValueError(
                    f"parameters.{name}: the gp sampler models only what every trial has; received a condition "
                    f"on {other}, to be settled by balance: {other} in the space, or by --set {other}=…"
                )


def _check_size(space: "SearchSpace") -> None:
    looked_at = len(space.presets) * sum(
        prod(len(space.parameters[other].ends()) for other in space.varied(name)) for name in space.parameters
    )
    if looked_at > MOST_POINTS:
        raise ValueError(
            f"parameters: there are {looked_at:,} combinations of what conditions depend on to look at, over all "
            f"presets; at most {MOST_POINTS:,} can be"
        )


def _check_objectives(space: "SearchSpace") -> None:
    metrics = offered(DATASETS[space.dataset].offers)
    possible = [name for name, metric in metrics.items() if metric.direction is not None]
    names = [objective.name for objective in space.objectives]
    for objective in space.objectives:
        if objective.name not in possible:
            raise ValueError(
                f"objectives: received {received(objective.name)}; {space.dataset} offers {', '.join(sorted(possible))}"
            )
        right = metrics[objective.name].direction
        if objective.direction != right:
            raise ValueError(f"objectives.{objective.name}: received {objective.direction!r}; it is to be {right}d")
    if len(set(names)) < len(names):
        raise ValueError(f"objectives: received a name twice: {', '.join(names)}")
    if space.reference and set(space.reference) != set(names):
        raise ValueError(
            f"reference: received {', '.join(space.reference)}; needs a value for each objective: {', '.join(names)}"
        )
    for name in space.metrics or ():
        if name not in metrics:
            raise ValueError(f"metrics: received {received(name)}; {space.dataset} offers {', '.join(sorted(metrics))}")


def _check_settings(space: "SearchSpace") -> None:
    families = frozenset(space.families())
    networks = {str(settings["network"]) for _, settings in space.places if "network" in settings}
    if "network" in space.parameters:
        networks |= set(map(str, space.parameters["network"].choices or ()))
    networks = networks or {TrialConfig.model_fields["network"].default}
    for place, settings in space.places:
        for key in settings:
            if key not in SETTINGS:
                raise ValueError(
                    f"{place}: {received(key)} is no setting of a trial; allowed are {', '.join(sorted(SETTINGS))}"
                )
            if key in space.parameters:
                raise ValueError(f"{place}.{key}: it is searched under parameters; it can be only one of the two")
            if families and not families & APPLIES_TO.get(key, families):
                raise ValueError(f"{place}.{key}: {', '.join(sorted(families))} has no {key}")
            if key == "batch_norm" and not networks & CONVOLUTIONAL:
                raise ValueError(f"{place}.{key}: {', '.join(sorted(networks))} has no {key}")
    for name, preset in space.presets.items():
        if preset.trials is None and space.sampler != "grid":
            raise ValueError(f"presets.{name}: trials is needed with sampler {space.sampler}; received none")


def _check_families(space: "SearchSpace") -> None:
    given = [("parameters.family", family) for family in space.families() if "family" in space.parameters]
    given += [(place, settings["family"]) for place, settings in space.places if "family" in settings]
    for place, family in given:
        if family not in list(FAMILIES):  # a list can be asked for what cannot be hashed too
            raise ValueError(f"{place}: received {received(family)}; allowed are {', '.join(FAMILIES)}")


def _check_conditions(space: "SearchSpace") -> None:
    for name, parameter in space.parameters.items():
        if not any(name in point for point in space.corners(name)):
            raise ValueError(f"parameters.{name}.when: never holds; received {received(parameter.when)}")
        without = [f for f in space.families() if f not in APPLIES_TO.get(name, FAMILIES) and _has(space, name, f)]
        if without:
            having = sorted(APPLIES_TO[name] & set(space.families())) or ["…"]
            raise ValueError(
                f"parameters.{name}: {', '.join(without)} has no {name}; say under which families it exists, "
                f"e.g. when: {{family: [{', '.join(having)}]}}"
            )


def _has(space: "SearchSpace", name: str, family: str) -> bool:
    """Whether the parameter exists at some point with this family, be it searched or fixed."""
    return any(name in point and point.get("family", family) == family for point in space.corners(name))


def _check_balance(space: "SearchSpace") -> None:
    if space.balance is not None and (
        space.balance not in space.parameters
        or space.parameters[space.balance].choices is None
        or space.parameters[space.balance].when
    ):
        raise ValueError(
            f"balance: received {received(space.balance)}; allowed is a parameter with choices and without a condition"
        )
