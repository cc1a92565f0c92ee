"""The colours and markers of the families: the same in figures, in the interactive page and in MLflow's charts.

Colours are those of Okabe and Ito, which colour-blind readers can tell apart; every family also has its own marker.
"""

FAMILIES: dict[str, tuple[str, str, str]] = {
    "wae-gaussian": ("#0072B2", "#56B4E9", "o"),
    "wae-uniform": ("#009E73", "#1FC998", "s"),
    "beta-vae": ("#D55E00", "#F07C2A", "^"),
    "vae": ("#B97A00", "#E69F00", "v"),
    "wae-deterministic": ("#B05A8C", "#CC79A7", "D"),
    "wae-gan": ("#6A51A3", "#A597E8", "X"),
}
"""Colour on light ground, colour on dark ground (both near their Okabe-Ito hue), and marker."""

OTHER = ("#5A5A5A", "#BBBBBB", "P")
"""Those of what is no family."""
