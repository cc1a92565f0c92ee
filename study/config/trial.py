"""TrialConfig: everything that decides a trial's result. Equal configurations give equal results on one machine."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from study.config.families import FAMILIES
from study.config.messages import received, sentence, suggestion
from study.config.networks import NETWORKS
from study.config.setting import Setting, validated
from study.config.values import Number, Whole

HASHED_AS_NONE = ("beta", "images", "kernel", "kernel_bandwidth", "lambda_1", "lambda_2", "lambda_mmd", "steps")
"""Settings that are part of `config_id` even if a trial does not have them. Settings added later count only if a trial
has them, so that a new setting does not change the `config_id`s of earlier studies."""


def _known(names: Mapping[str, Any]) -> BeforeValidator:
    def check(value: Any) -> Any:
        if value not in list(names):  # a list can be asked for what cannot be hashed too
            *others, last = map(repr, names)
            allowed = suggestion(value, names) or f"allowed: {', '.join(others)} or {last}"
            raise ValueError(f"{allowed}; received {received(value)}")
        return value

    return BeforeValidator(check)


class TrialConfig(BaseModel):
    """One configuration with one seed: the settings that all trials have, and those of its family and its network,
    which `FAMILIES` and `NETWORKS` declare. Settings that these do not have are removed.

    The budget is `images` seen in training, or `steps`; exactly one of the two is given.
    """

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    dataset: str = Field(description="Name of the dataset.")
    family: Annotated[str, _known(FAMILIES)] = Field(description="Family of models.")
    seed: Whole = Field(ge=0, description="Seed of everything random in the trial.")
    images: Whole | None = Field(default=None, ge=1, description="Images seen in training.")
    steps: Whole | None = Field(default=None, ge=1, description="Steps of training, instead of `images`.")

    latent_dim: Whole = Field(ge=1, le=4096, description="Dimensions of the codes, d_Z.")
    network: Annotated[str, _known(NETWORKS)] = Field(default="fully-connected", description="Network.")

    batch_size: Whole = Field(default=100, ge=2, description="Images in a batch.")
    learning_rate: Number = Field(default=1e-3, gt=0, description="Learning rate of Adam.")
    learning_rate_scaling: Literal["constant", "linear", "sqrt"] = Field(
        default="constant", description="How the rate follows the batch size; it is as given at a size of 100."
    )
    learning_rate_schedule: tuple[Number, ...] = Field(
        default=(1.0, 0.7, 0.3, 0.1),
        min_length=1,
        description="Factors on the rate, for equal parts of training.",
    )
    precision: Literal["bfloat16", "float32"] = Field(
        default="bfloat16", description="Precision of the products in trunk and decoder."
    )

    @model_validator(mode="before")
    @classmethod
    def _settings_of(cls, values: Any) -> Any:
        """Check what the family and the network have, fill in what was not given, and take out what others have."""
        if not isinstance(values, dict):
            return values
        known, name = {*cls.model_fields, *declared()}, values.get("family")
        for key in values:
            if key not in known:
                raise ValueError("; ".join(filter(None, (f"{key}: unknown key", suggestion(key, known)))))
        common = {key: value for key, value in values.items() if key in cls.model_fields}
        if name not in list(FAMILIES):
            return common
        common["network"] = FAMILIES[name].network or values.get("network") or DEFAULT_NETWORK
        if common["network"] not in list(NETWORKS):
            return common
        own = settings_of(name, common["network"])
        given = {key: values[key] for key in own if values.get(key) is not None and not own[key].constant}
        for key, setting in own.items():
            if setting.default is None and key not in given:
                raise ValueError(f"{name} needs {key}; received none")
        try:
            return common | validated(own, given)
        except ValidationError as error:
            raise ValueError(sentence(error)) from None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.images is None) == (self.steps is None):
            raise ValueError(f"the budget is either images or steps; received images={self.images}, steps={self.steps}")
        if any(not 0 < factor <= 1 for factor in self.learning_rate_schedule):
            raise ValueError(
                f"learning_rate_schedule holds factors in (0, 1]; received {list(self.learning_rate_schedule)}"
            )
        return self

    def __getitem__(self, name: str) -> Any:
        """The value of a setting; None if the trial does not have it."""
        return getattr(self, name) if name in type(self).model_fields else (self.model_extra or {}).get(name)

    @property
    def total_steps(self) -> int:
        """Optimiser steps of the whole training; the last batch of an image budget is a whole one."""
        if self.steps is not None:
            return self.steps
        assert self.images is not None
        return -(-self.images // self.batch_size)

    @property
    def total_images(self) -> int:
        return self.total_steps * self.batch_size

    @property
    def config_id(self) -> str:
        """Ten hexadecimal digits that replicates share: a hash of everything but the seed."""
        settings = self.model_dump(mode="json", exclude={"seed"}, exclude_none=True)
        text = json.dumps({**dict.fromkeys(HASHED_AS_NONE), **settings}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def settings(self) -> dict[str, Any]:
        """All settings that the trial has, as plain values: for its model, records, storage and tracking."""
        found = self.model_dump(mode="json", exclude_none=True)
        return {name: found[name] for name in ("dataset", "family", "seed", *setting_names()) if name in found}


DEFAULT_NETWORK = str(TrialConfig.model_fields["network"].default)

_NOT_A_SETTING = ("dataset", "family", "seed")
_TYPES = get_type_hints(TrialConfig)


def settings_of(family: str, network: str) -> dict[str, Setting]:
    """The settings of a family and of a network, by name."""
    return {**NETWORKS[network].settings, **FAMILIES[family].settings}


def declared() -> dict[str, Setting]:
    """Every setting that some family or network has; of those that several have, the first that can be chosen."""
    found: dict[str, Setting] = {}
    of_each = [each.settings for each in NETWORKS.values()] + [each.settings for each in FAMILIES.values()]
    for settings in of_each:
        for name, setting in settings.items():
            if name not in found or found[name].constant:
                found[name] = setting
    return found


def setting_names() -> tuple[str, ...]:
    """The settings that a space may search, fix or put into a preset: those of all trials, and the declared ones."""
    common = [name for name in TrialConfig.model_fields if name not in _NOT_A_SETTING]
    at = common.index("network") + 1
    return ("family", *common[:at], *declared(), *common[at:])


def whole_numbers() -> frozenset[str]:
    """The settings that are whole numbers, and the seed."""
    return _of_type(int)


def numbers() -> frozenset[str]:
    """The settings that are numbers, and the seed."""
    return whole_numbers() | _of_type(float)


def truths() -> frozenset[str]:
    """The settings that are true or false."""
    return _of_type(bool)


def _of_type(kind: type) -> frozenset[str]:
    common = {name for name in TrialConfig.model_fields if _TYPES[name] in (kind, kind | None)}
    return frozenset(common | {name for name, setting in declared().items() if setting.type is kind})
