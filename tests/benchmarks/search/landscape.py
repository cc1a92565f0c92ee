"""A space whose trials are known: what stands in for training in the tests of the search benchmark."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.search import experiment, surrogate, values
from benchmarks.search.simulation import Arm, Rule
from study.config.plan import StudyPlan
from study.config.space import SearchSpace
from study.config.trial import TrialConfig

Array = NDArray[np.float64]

SPACE = SearchSpace.model_validate(
    {
        "name": "small",
        "dataset": "dsprites",
        "objectives": {"reconstruction": "minimize", "disentanglement": "maximize"},
        "reference": {"reconstruction": 565, "disentanglement": 0.2},
        "balance": "family",
        "parameters": {
            "family": {"choices": ["beta-vae", "wae-gaussian"]},
            "lambda_1": {"low": 0.1, "high": 10, "log": True, "zero": 0.1, "when": {"family": ["wae-gaussian"]}},
            "beta": {"low": 1, "high": 100, "log": True, "when": {"family": "beta-vae"}},
            "batch_size": {"choices": [10, 20]},
        },
        "fixed": {"latent_dim": 4},
        "early_stopping": {"min_images": 100, "reduction_factor": 3},
        "presets": {"quick": {"trials": 12, "images": 2700}},
    }
)

IMAGES = (100, 300, 900, 2700)


def plan_of(sampler: Any = "random", rule: Rule = "none", seed: int = 0) -> StudyPlan:
    return experiment.arm_plan(SPACE, Arm(sampler, rule), seed, trials=12)


def badness(config: TrialConfig) -> float:
    """0 to 1: how far a trial is from the best of its family."""
    if config.family == "beta-vae":
        return abs(float(np.log10(config["beta"])) - 0.7) / 2
    return abs(float(np.log10((config["lambda_1"] or 0) + 0.01)) + 0.3) / 2


@dataclass(frozen=True)
class Noiseless:
    """Trials of one quality: their order at each rung is that at the end, or with `turned` the opposite one."""

    turned: bool = False
    images: tuple[int, ...] = IMAGES

    def curve(self, config: TrialConfig) -> Array:
        bad = badness(config)
        end = np.array([100 + 300 * bad, 0.9 - 0.5 * bad])
        rung = np.array([500 - 300 * bad, 0.2 + 0.5 * bad]) if self.turned else end + np.array([100, -0.1])
        return np.array([rung, rung, rung, end])

    def expected(self, config: TrialConfig) -> Array:
        return self.curve(config)


def configs(count: int, seed: int = 0) -> list[TrialConfig]:
    """Random trials of the space, families in turn."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        family = ("beta-vae", "wae-gaussian")[number % 2]
        own = {"beta": float(10 ** rng.uniform(0, 2))} if family == "beta-vae" else {"lambda_1": _lambda_1(rng)}
        point = {"family": family, "batch_size": int(rng.choice([10, 20])), **own}
        found.append(plan_of().trial_config(point, seed=int(rng.integers(1 << 30))))
    return found


def _lambda_1(rng: np.random.Generator) -> float:
    return 0.0 if rng.random() < 0.1 else float(10 ** rng.uniform(-1, 1))


def curves_of(noise: float, count: int = 60, flat: bool = False) -> values.Curves:
    """Trials whose curves are known, with noise on the logarithm of nats that is the same at all rungs of a trial."""
    rng = np.random.default_rng(7)
    drawn = configs(count)
    means = np.array([Noiseless().curve(drawn[0] if flat else config) for config in drawn])
    factors = np.exp(noise * rng.normal(size=count))
    found = means * np.stack([factors, np.ones(count)], axis=-1)[:, None]
    return values.Curves(tuple(drawn), IMAGES, found, {"complete": count})


@cache
def fitted(noise: float) -> surrogate.Surrogate:
    return surrogate.fit(curves_of(noise), SPACE)
