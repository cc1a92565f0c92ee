"""The families of models, without PyTorch: their own settings, and their colours.

The parts of each family are listed under the same name in `study.models.FAMILIES`; a test compares the two lists.
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
"""The families that have a setting, of those that not all have."""

PALETTE: dict[str, tuple[str, str, str]] = {
    "wae-gaussian": ("#0072B2", "#56B4E9", "o"),
    "wae-uniform": ("#009E73", "#1FC998", "s"),
    "beta-vae": ("#D55E00", "#F07C2A", "^"),
    "vae": ("#724C1E", "#F8E58C", "v"),
    "wae-deterministic": ("#B05A8C", "#D16BA5", "D"),
    "wae-gan": ("#3B1C87", "#8A63F5", "X"),
}
"""Colour on light ground, colour on dark ground (both near their Okabe-Ito hue), and marker of each family.

The same in figures, in the interactive page and in MLflow's charts. Colours are those of Okabe and Ito, which
colour-blind readers can distinguish; every family also has its own marker.
"""

FURTHER = (("#A6242F", "#FF8A80", "P"), ("#00707F", "#4DD0E1", "p"), ("#6B7A00", "#C6D44E", "h"))
"""The same for families that were added since, in the order in which `FAMILIES` has them."""

OTHER = ("#5A5A5A", "#D5D5D5", "*")
"""The same for a family that is not listed, or listed after all of these."""

PALETTE |= dict(zip((name for name in FAMILIES if name not in PALETTE), FURTHER, strict=False))
