"""The families of models, described without importing PyTorch: the settings that only some families have.

The parts of each family are listed under the same name in `models.FAMILIES`; a test compares the two lists.
"""

from dataclasses import dataclass

MMD = frozenset({"prior", "lambda_mmd", "kernel", "kernel_bandwidth"})
PENALTIES = frozenset({"lambda_1", "lambda_2"})


@dataclass(frozen=True)
class Family:
    """The settings of `TrialConfig` that a family has, and the defaults that are its own.

    A family without the setting `prior` has the standard Gaussian, of which its KL divergence is in closed form.
    """

    settings: frozenset[str] = frozenset()
    """Settings that not all families have. A setting that no family lists here applies to all of them."""

    prior: str = "gaussian"
    tanh_mean: bool = False


FAMILIES: dict[str, Family] = {
    "vae": Family(),
    "beta-vae": Family(frozenset({"beta"})),
    "wae-deterministic": Family(MMD, tanh_mean=True),
    "wae-gaussian": Family(MMD | PENALTIES, tanh_mean=True),
    "wae-uniform": Family(MMD | PENALTIES, prior="uniform", tanh_mean=True),
    "wae-gan": Family(frozenset({"prior", "lambda_gan", "adversary_width", "adversary_learning_rate"}), tanh_mean=True),
}

APPLIES_TO: dict[str, frozenset[str]] = {
    setting: frozenset(name for name, family in FAMILIES.items() if setting in family.settings)
    for setting in sorted(frozenset().union(*(family.settings for family in FAMILIES.values())))
}
"""The families that have a setting, for each setting that not all families have."""
