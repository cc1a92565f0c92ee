"""The colours and markers of the families: the same in figures, in the interactive page and in MLflow's charts.

Colours are those of Okabe and Ito, which colour-blind readers can tell apart; every family also has its own marker.
"""

FAMILIES: dict[str, tuple[str, str, str]] = {
    "wae-gaussian": ("#0072B2", "#56B4E9", "o"),
    "wae-uniform": ("#009E73", "#1FC998", "s"),
    "beta-vae": ("#D55E00", "#F07C2A", "^"),
    "vae": ("#724C1E", "#F8E58C", "v"),
    "wae-deterministic": ("#B05A8C", "#D16BA5", "D"),
    "wae-gan": ("#3B1C87", "#8A63F5", "X"),
}
"""Colour on light ground, colour on dark ground (both near their Okabe-Ito hue), and marker."""

OTHER = ("#5A5A5A", "#D5D5D5", "P")
"""Those of what is no family."""
