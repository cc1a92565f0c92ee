"""Figure 5: test images, and how the models that the paper picks reconstruct them.

Picked as in the paper: the cheapest WAE with a Gaussian encoder above 98 % on four factors, the one best on five
factors, the cheapest beta-VAE above 98 %; and, as an extra, the best beta-VAE on five. Where a family has none above
98 %, its best on four factors stands in, and is called so.
"""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from study.report.drawing.style import Look, blank
from study.report.paper.columns import Trials
from study.report.paper.row import READINGS, Evidence, Measure, Row
from study.report.paper.scores import Models, beside_betas, models, own
from study.report.published.rules import best, cheapest_above, cheapest_at_common_score

GAP = 2
"""Pixels between two images of a row."""


@dataclass(frozen=True)
class Pick:
    """One of the models, as a table of one, and why it was picked."""

    model: Models
    why: str


def pick(trials: pd.DataFrame, family: str, rule: Literal["cheapest", "best five"]) -> Pick | None:
    """The model of a family that a rule picks; None where the family has no model with scores."""
    mine = own(trials).of(family)
    if rule == "best five":
        which, why = best(mine.reconstruction, mine.score(5)), "best on five factors"
    else:
        which, why = cheapest_above(mine.reconstruction, mine.score(4)), "cheapest above 98 % on four factors"
        if which is None:
            which, why = best(mine.reconstruction, mine.score(4)), "best on four factors; none above 98 %"
    return None if which is None else Pick(mine.where(np.array([which])), why)


def sharper(trials: Trials, rule: Literal["cheapest", "best five"]) -> float:
    """Reconstruction error from mean codes, nats: the beta-VAE minus the WAE-Gaussian, both picked by the same rule.

    Cheapest is at the highest four-factor score that both families reach, 98 % at most.
    """
    beta, wae = (models(trials).of(family) for family in ("beta-vae", "wae-gaussian"))
    found: tuple[int | None, int | None] | None
    if rule == "cheapest":
        found = cheapest_at_common_score((beta.reconstruction, beta.score(4)), (wae.reconstruction, wae.score(4)))
    else:
        found = best(beta.reconstruction, beta.score(5)), best(wae.reconstruction, wae.score(5))
    if found is None or found[0] is None or found[1] is None:
        return float("nan")
    return float(beta.reconstruction_mean[found[0]] - wae.reconstruction_mean[found[1]])


def draw(evidence: Evidence, look: Look) -> Figure | None:
    """A row of originals and up to four of reconstructions; None where no picked trial has kept its pictures."""
    trials = evidence.trials
    rows: list[tuple[str, np.ndarray]] = []
    originals = None
    for family, rule in _ROWS:
        found = pick(trials, family, rule)
        if found is None:
            continue
        trial = trials.iloc[int(found.model.place[0])]
        arrays = evidence.arrays(str(trial["study"]), int(trial["trial"]))
        if "originals" not in arrays or "reconstructions" not in arrays:
            continue
        originals = arrays["originals"] if originals is None else originals
        rows.append((_label(found, family), arrays["reconstructions"]))
    if originals is None:
        return None
    rows.insert(0, ("originals (test images)", originals))
    return _pictures(rows, look)


_ROWS: tuple[tuple[str, Literal["cheapest", "best five"]], ...] = (
    ("wae-gaussian", "cheapest"),
    ("wae-gaussian", "best five"),
    ("beta-vae", "cheapest"),
    ("beta-vae", "best five"),
)


def _label(found: Pick, family: str) -> str:
    model, symbol = found.model, "β" if family == "beta-vae" else "λ₁"
    return (
        f"{family}, {symbol} = {model.strength[0]:g}: {found.why}\n"
        f"{model.reconstruction[0]:.1f} nats ({model.reconstruction_mean[0]:.1f} from mean codes), "
        f"four factors {model.score(4)[0]:.3f}, five {model.score(5)[0]:.3f}"
    )


def _pictures(rows: list[tuple[str, np.ndarray]], look: Look) -> Figure:
    """Each row's label above its images, in inches from the top."""
    width, edge, label = (4.2, 0.06, 0.36) if look.narrow else (8.6, 0.08, 0.42)
    strips = [(text, _strip(images)) for text, images in rows]
    heights = [(width - 2 * edge) * strip.shape[0] / strip.shape[1] for _, strip in strips]
    lines = [label * (0.55 if "\n" not in text else 1.0) for text, _ in strips]
    height = sum(heights) + sum(lines) + edge * (len(rows) + 1)
    figure = blank(look, width, height)
    top = height - edge
    for (text, strip), tall, line in zip(strips, heights, lines, strict=True):
        figure.text(
            edge / width,
            (top - line / 2) / height,
            text,
            size=6.6 if look.narrow else 9,
            color=look.ink,
            va="center",
            linespacing=1.25,
        )
        top -= line
        ax = figure.add_axes((edge / width, (top - tall) / height, 1 - 2 * edge / width, tall / height))
        ax.set_axis_off()
        ax.imshow(strip, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
        top -= tall + edge
    return figure


def _strip(images: np.ndarray) -> np.ndarray:
    """Images uint8 (n, C, H, W) side by side, grey between them: (H, n (W + gap) - gap) or with a last axis of 3."""
    n, channels, high, wide = images.shape
    strip = np.full((high, n * (wide + GAP) - GAP, channels), 128, dtype=np.uint8)
    for index, image in enumerate(images):
        start = index * (wide + GAP)
        strip[:, start : start + wide] = image.transpose(1, 2, 0)
    return strip[..., 0] if channels == 1 else strip


def _measure(rule: Literal["cheapest", "best five"]) -> Measure:
    return Measure(partial(sharper, rule=rule), beside_betas("wae-gaussian"), readings=READINGS)


FIGURE5 = Row(
    draw=draw,
    title="Figure 5: what the picked models reconstruct",
    caption=(
        "Test images and their reconstructions from mean codes, by the models that the paper's rules pick from the "
        "trials of Figure 4, and by the best beta-VAE on five factors, which the paper does not show."
    ),
    measures={
        "figure5-sharper": _measure("cheapest"),
        "figure5-best-five-sharper": _measure("best five"),
    },
)
