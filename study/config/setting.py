"""Setting: one setting of a family or a network, with its type, its default and the values that it takes."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, create_model, model_validator
from pydantic.dataclasses import dataclass

from study.config.messages import received
from study.config.values import Choice, Number, Truth, Whole

SETTING_TYPES: dict[str, type] = {"int": int, "float": float, "bool": bool, "str": str}
"""The types that a setting can have, by the names that they have in `study.yaml`."""


def _known_type(value: Any) -> Any:
    name = value.__name__ if isinstance(value, type) else value
    if not isinstance(name, str) or name not in SETTING_TYPES:
        raise ValueError(f"allowed: {', '.join(SETTING_TYPES)}; received {received(value)}")
    return SETTING_TYPES[name]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Setting:
    """A setting of a family or a network, such as `Setting(float, 0.0, low=0)`.

    It is part of a trial's configuration, its record and its `config_id`, and a space may search it or fix it. A number
    is from `low` to `high`, or greater than `above`; a text is one of `choices`. A setting with a single choice is a
    constant: it is a fact about the family, even if a space for several families fixes another value.
    """

    type: Annotated[Any, BeforeValidator(_known_type), PlainSerializer(lambda kind: kind.__name__)]
    """int, float, bool or str."""

    default: Choice | None = None
    """The value where none is given. None: a space has to give one."""

    low: float | None = Field(default=None, kw_only=True)
    high: float | None = Field(default=None, kw_only=True)
    above: float | None = Field(default=None, kw_only=True)
    choices: tuple[str, ...] = Field(default=(), kw_only=True)
    log: Truth = Field(default=False, kw_only=True)
    """Whether a range of it is searched and drawn on a logarithmic scale, unless the space says otherwise."""

    description: str = Field(default="", kw_only=True)

    @model_validator(mode="after")
    def _default_is_allowed(self) -> Self:
        if self.default is not None:
            validated({"default": self}, {"default": self.default})
        return self

    @property
    def constant(self) -> bool:
        """Whether it has one value only."""
        return len(self.choices) == 1

    @property
    def annotation(self) -> Any:
        """Its type and limits, as pydantic takes them."""
        if self.choices:
            return Literal[self.choices]
        kind = {int: Whole, float: Number, bool: Truth, str: str}[self.type]
        if self.type in (bool, str):
            return kind
        return Annotated[kind, Field(ge=self.low, le=self.high, gt=self.above)]


def validated(settings: Mapping[str, Setting], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of these settings: those given, checked and in the settings' types, and defaults for the others.

    `pydantic.ValidationError` for a value that is not allowed. Every setting without a default has to be given.
    """
    return _model(tuple(settings.items())).model_validate(dict(given)).model_dump()


@lru_cache(maxsize=256)
def _model(settings: tuple[tuple[str, Setting], ...]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (setting.annotation, ... if setting.default is None else setting.default) for name, setting in settings
    }
    return create_model("Settings", __config__=ConfigDict(allow_inf_nan=False), **fields)
