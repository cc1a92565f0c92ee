"""The colours and markers of the families: the same in figures, in the interactive page and in MLflow's charts.

Colours are those of Okabe and Ito, which colour-blind readers can distinguish; every family also has its own marker.
"""

from study.config.families import FAMILIES as LISTED

FAMILIES: dict[str, tuple[str, str, str]] = {
    "wae-gaussian": ("#0072B2", "#56B4E9", "o"),
    "wae-uniform": ("#009E73", "#1FC998", "s"),
    "beta-vae": ("#D55E00", "#F07C2A", "^"),
    "vae": ("#724C1E", "#F8E58C", "v"),
    "wae-deterministic": ("#B05A8C", "#D16BA5", "D"),
    "wae-gan": ("#3B1C87", "#8A63F5", "X"),
}
"""Colour on light ground, colour on dark ground (both near their Okabe-Ito hue), and marker."""

FURTHER = (("#A6242F", "#FF8A80", "P"), ("#00707F", "#4DD0E1", "p"), ("#6B7A00", "#C6D44E", "h"))
"""The same for further families, in the order in which `study.config` lists them."""

OTHER = ("#5A5A5A", "#D5D5D5", "*")
"""The same for any other family."""

FAMILIES |= dict(zip((name for name in LISTED if name not in FAMILIES), FURTHER, strict=False))
