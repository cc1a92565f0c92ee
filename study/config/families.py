"""The families of models as a study knows them before PyTorch is there: what only some of them can be told.

What each is made of stands under the same name in `models.FAMILIES`; a test holds the two lists together.
"""

from dataclasses import dataclass

MMD = frozenset({"prior", "lambda_mmd", "kernel", "kernel_bandwidth"})
PENALTIES = frozenset({"lambda_1", "lambda_2"})


@dataclass(frozen=True)
class Family:
    """What a family has of the settings of `TrialConfig`, and which defaults are its own.

    A family without the setting `prior` has the standard Gaussian, of which its KL divergence is in closed form.
    """

    settings: frozenset[str] = frozenset()
    """Those that only some families have. What no family names here, all of them have."""

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
"""The families that have a setting, of those that not all have."""
