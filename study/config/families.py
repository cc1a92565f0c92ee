"""The families of models: what makes their parts, the settings that each has, and their colours. Without PyTorch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from study.config.setting import Setting

Factory = Callable[..., Any] | str
"""A function or class, or where one is, as in `package.module:name`: it is imported when a model is made, so that the
command that starts trials does without PyTorch."""


@dataclass(frozen=True)
class Family:
    """A family of models: an encoder and a loss, and its settings in addition to those that all trials have.

    All factories get `settings`, a mapping of every setting of the trial by name, and a `torch.Generator` on the CPU
    from which they draw first weights.
    """

    encoder: Factory
    """`(settings, n_features, generator)` → `study.models.Encoder`, on the features of the network's trunk."""

    loss: Factory
    """`(settings, generator)` → `study.models.Loss`."""

    settings: Mapping[str, Setting] = field(default_factory=dict)
    """By name. `prior` names one of `study.models.PRIORS`; without it the prior is the standard Gaussian."""

    network: str | None = None
    """The network that the family always has, where it cannot have another: a name in `NETWORKS`."""


def _tanh_mean(default: bool) -> dict[str, Setting]:
    return {"tanh_mean": Setting(bool, default, description="Means of codes go through tanh, into [-1, 1].")}


def _prior(default: str, *choices: str) -> dict[str, Setting]:
    return {"prior": Setting(str, default, choices=choices, description="Prior of the codes, P(Z).")}


OF_VAE = _prior("gaussian", "gaussian") | _tanh_mean(False)
"""The KL divergence of a VAE is in closed form for the standard Gaussian alone."""

OF_WAE = _prior("gaussian", "gaussian", "uniform") | _tanh_mean(True)
OF_BETA = {"beta": Setting(float, low=0, description="Weight β of the KL divergence.")}
OF_MMD = {
    "lambda_mmd": Setting(float, 400.0, low=0, description="Weight λ of the MMD between codes and prior."),
    "kernel": Setting(str, "imq", choices=("imq", "rbf"), description="Kernel of the MMD."),
    "kernel_bandwidth": Setting(float, 1.0, above=0, description="Factor on the widths of the kernel."),
}
OF_PENALTIES = {
    f"lambda_{p}": Setting(float, 0.0, low=0, description=f"Weight λ_{p} of the L{p} penalty on log-spreads.")
    for p in (1, 2)
}
OF_ADVERSARY = {
    "lambda_gan": Setting(float, 10.0, low=0, description="Weight of the adversarial term."),
    "adversary_width": Setting(int, 512, low=1, high=65536, description="Units of the adversary's layers."),
    "adversary_learning_rate": Setting(float, 5e-4, above=0, description="Learning rate of the adversary."),
}

FAMILIES: dict[str, Family] = {
    "vae": Family("study.models:Gaussian.of", "study.models:VAE.of", OF_VAE),
    "beta-vae": Family("study.models:Gaussian.of", "study.models:VAE.of", OF_VAE | OF_BETA),
    "wae-deterministic": Family("study.models:Deterministic.of", "study.models:WAE.of", OF_WAE | OF_MMD),
    "wae-gaussian": Family("study.models:Gaussian.of", "study.models:WAE.of", OF_WAE | OF_MMD | OF_PENALTIES),
    "wae-uniform": Family(
        "study.models:UniformBox.of",
        "study.models:WAE.of",
        OF_WAE | _prior("uniform", "gaussian", "uniform") | OF_MMD | OF_PENALTIES,
    ),
    "wae-gan": Family("study.models:Deterministic.of", "study.models:WAEGAN.of", OF_WAE | OF_ADVERSARY),
}


def families_with(setting: str) -> frozenset[str]:
    """The families that can choose a setting: all of them, if no family declares it."""
    own = {name: family.settings[setting] for name, family in FAMILIES.items() if setting in family.settings}
    return frozenset(name for name in own if not own[name].constant) if own else frozenset(FAMILIES)


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
"""The same for further families, such as a plugin's, in the order in which `FAMILIES` has them."""

OTHER = ("#5A5A5A", "#D5D5D5", "*")
"""The same for a family that is not listed, or listed after all of these."""


def palette() -> dict[str, tuple[str, str, str]]:
    """The colours and the marker of every family that has its own."""
    return PALETTE | dict(zip((name for name in FAMILIES if name not in PALETTE), FURTHER, strict=False))


def appearance(family: str) -> tuple[str, str, str]:
    """Colour on light ground, colour on dark ground, and marker of a family."""
    return palette().get(family, OTHER)
