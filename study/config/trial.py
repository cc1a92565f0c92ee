"""TrialConfig: everything that decides a trial's result. Equal configurations give equal results on one machine."""

import hashlib
import json
from typing import Annotated, Any, Literal, Self, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from study.config.families import APPLIES_TO, FAMILIES
from study.config.messages import received
from study.config.values import Number, Truth, Whole

CONVOLUTIONAL = frozenset({"dcgan", "small-convolutional"})
DEFAULT_WIDTHS = {"fully-connected": 1200, "dcgan": 32, "small-convolutional": 128}
"""The width of each network where none is given: units of a layer, or channels of the first one; the authors' own."""

HASHED_AS_NONE = ("beta", "images", "kernel", "kernel_bandwidth", "lambda_1", "lambda_2", "lambda_mmd", "steps")
"""Settings that are part of `config_id` even if a trial does not have them. Settings added later count only if a trial
has them, so that a new setting does not change the `config_id`s of earlier studies."""


def _known_family(value: Any) -> Any:
    if value not in list(FAMILIES):
        *names, last = map(repr, FAMILIES)
        raise ValueError(f"allowed are {', '.join(names)} or {last}; received {received(value)}")
    return value


class TrialConfig(BaseModel):
    """One configuration with one seed. Settings that the family does not have are None.

    The budget is `images` seen in training, or `steps`; exactly one of the two is given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: str
    family: Annotated[str, BeforeValidator(_known_family)]
    seed: Whole = Field(ge=0)
    images: Whole | None = Field(default=None, ge=1)
    steps: Whole | None = Field(default=None, ge=1)

    latent_dim: Whole = Field(ge=1, le=4096)
    prior: Literal["gaussian", "uniform"] | None = None
    tanh_mean: Truth | None = None
    network: Literal["fully-connected", "dcgan", "small-convolutional"] = "fully-connected"
    width: Whole = Field(default=DEFAULT_WIDTHS["fully-connected"], ge=1, le=65536)
    batch_norm: Literal["statistics", "affine"] | None = None

    beta: Number | None = Field(default=None, ge=0)
    lambda_mmd: Number | None = Field(default=None, ge=0)
    kernel: Literal["imq", "rbf"] | None = None
    kernel_bandwidth: Number | None = Field(default=None, gt=0)
    lambda_1: Number | None = Field(default=None, ge=0)
    lambda_2: Number | None = Field(default=None, ge=0)
    lambda_gan: Number | None = Field(default=None, ge=0)
    adversary_width: Whole | None = Field(default=None, ge=1, le=65536)
    adversary_learning_rate: Number | None = Field(default=None, gt=0)

    batch_size: Whole = Field(default=100, ge=2)
    learning_rate: Number = Field(default=1e-3, gt=0)
    learning_rate_scaling: Literal["constant", "linear", "sqrt"] = "constant"
    learning_rate_schedule: tuple[Number, ...] = Field(default=(1.0, 0.7, 0.3, 0.1), min_length=1)
    precision: Literal["bfloat16", "float32"] = "bfloat16"

    @model_validator(mode="before")
    @classmethod
    def _family_defaults(cls, values: Any) -> Any:
        """Fill in what the family and the network have and was not given; take out what they do not have."""
        if not isinstance(values, dict) or values.get("family") not in list(FAMILIES):
            return values
        name, network = values["family"], str(values.get("network", "fully-connected"))
        family = FAMILIES[name]
        defaults: dict[str, Any] = {
            "prior": family.prior,
            "tanh_mean": family.tanh_mean,
            "lambda_mmd": 400.0,
            "kernel": "imq",
            "kernel_bandwidth": 1.0,
            "lambda_1": 0.0,
            "lambda_2": 0.0,
            "width": DEFAULT_WIDTHS.get(network, DEFAULT_WIDTHS["fully-connected"]),
            "batch_norm": "statistics",
            "lambda_gan": 10.0,
            "adversary_width": 512,
            "adversary_learning_rate": 5e-4,
        }
        resolved = {**values}
        for key, default in defaults.items():
            if resolved.get(key) is None:
                resolved[key] = default
        resolved = {key: value for key, value in resolved.items() if name in APPLIES_TO.get(key, FAMILIES)}
        if network not in CONVOLUTIONAL:
            del resolved["batch_norm"]
        return resolved if "prior" in family.settings else {**resolved, "prior": family.prior}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.images is None) == (self.steps is None):
            raise ValueError(f"the budget is either images or steps; received images={self.images}, steps={self.steps}")
        if "beta" in FAMILIES[self.family].settings and self.beta is None:
            raise ValueError(f"{self.family} needs beta; received none")
        if any(not 0 < factor <= 1 for factor in self.learning_rate_schedule):
            raise ValueError(
                f"learning_rate_schedule holds factors in (0, 1]; received {list(self.learning_rate_schedule)}"
            )
        return self

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
        """The settings that the family has, as plain values: for records, storage and tracking."""
        return self.model_dump(mode="json", exclude_none=True)


_TYPES = get_type_hints(TrialConfig)

WHOLE_NUMBERS = frozenset(field for field in TrialConfig.model_fields if _TYPES[field] in (int, int | None))
"""The fields that are whole numbers."""

NUMBERS = WHOLE_NUMBERS | {field for field in TrialConfig.model_fields if _TYPES[field] in (float, float | None)}
"""The fields that are numbers."""

TRUTHS = frozenset(field for field in TrialConfig.model_fields if _TYPES[field] in (bool, bool | None))
"""The fields that are true or false."""

NOT_A_SETTING = frozenset({"dataset", "seed"})
SETTINGS = tuple(field for field in TrialConfig.model_fields if field not in NOT_A_SETTING)
"""The settings that a space may search, fix or put into a preset."""
