"""Single models that section 3.2 picks: the cheapest above 98 % on four factors, and the best on five.

The numbers in the text (`HEADLINE`), and Figure 5: test images, and how picked models reconstruct them. A model's score
is the mean of its three classifier restarts; nothing is averaged over seeds.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.report.claims.measure import READINGS, Measure
from study.report.drawing.style import Look, blank, panels
from study.report.paper.row import Evidence, Row
from study.report.paper.scores import WAES, FactorCount, ScoredModels, beside_betas
from study.report.published.numbers import best, cheapest_above, cheapest_at_common_score, paper_numbers

Rule = Literal["cheapest", "best five"]
Cost = Callable[[ScoredModels], np.ndarray]
"""Value of each model (n,), of which less is better."""


def pick(models: ScoredModels, rule: Rule) -> ScoredModels:
    """The model that a rule picks, as a table of one; empty where there is none: no score, or none above 98 %."""
    if rule == "cheapest":
        return _only(models, cheapest_above(models.reconstruction, models.score(4)))
    return _best(models, 5)


def _best(models: ScoredModels, factors: FactorCount) -> ScoredModels:
    return _only(models, best(models.reconstruction, models.score(factors)))


def _only(models: ScoredModels, which: int | None) -> ScoredModels:
    return models.where(np.array([] if which is None else [which], dtype=int))


def saving(models: ScoredModels, wae: str, rule: Rule, cost: Cost) -> float:
    """The cost of a beta-VAE minus that of a WAE, both picked by the same rule; nan where either has no model.

    Cheapest is at the highest four-factor score that both families reach, 98 % at most.
    """
    betas, waes = models.of("beta-vae"), models.of(wae)
    if rule == "cheapest":
        first, second = ((side.reconstruction, side.score(4)) for side in (betas, waes))
        places = cheapest_at_common_score(first, second) or (None, None)
        one, other = _only(betas, places[0]), _only(waes, places[1])
    else:
        one, other = _best(betas, 5), _best(waes, 5)
    return float(cost(one)[0] - cost(other)[0]) if len(one) and len(other) else float("nan")


def _reconstruction(models: ScoredModels) -> np.ndarray:
    return models.reconstruction


def _from_mean_codes(models: ScoredModels) -> np.ndarray:
    return models.reconstruction_mean


def _negative_score(models: ScoredModels) -> np.ndarray:
    return -models.score(5)


def _measure(wae: str, rule: Rule, cost: Cost) -> Measure:
    value = partial(saving, wae=wae, rule=rule, cost=cost)
    return Measure(value, beside_betas(wae), ScoredModels.among, readings=READINGS)


def _compared(wae: str) -> dict[str, Measure]:
    """The measures of section 3.2 that compare one family of WAEs with beta-VAEs, by the ids of their claims."""
    name = wae.removeprefix("wae-")
    return {
        f"headline-cheapest-{name}": _measure(wae, "cheapest", _reconstruction),
        f"headline-best-five-{name}": _measure(wae, "best five", _negative_score),
        f"headline-best-five-cheaper-{name}": _measure(wae, "best five", _reconstruction),
    }


PAPER_KINDS: dict[Rule, str] = {"cheapest": "cheapest_above_98_percent", "best five": "best_five_factor"}
"""Name of each rule among the paper's numbers."""

HEADINGS: dict[Rule, str] = {
    "cheapest": "Cheapest model above 98 % on four factors",
    "best five": "Best model on five factors",
}

BARS = {"wae": WAES, "beta-vae": ("beta-vae",)}
"""Families of each bar, as in the paper: WAEs with either random encoder, and beta-VAEs."""


def _draw_headline(evidence: Evidence, look: Look) -> Figure | None:
    """Bars of reconstruction error, the paper's above ours; five-factor scores next to those of the best."""
    models = ScoredModels.among(evidence.trials).published()
    ours = {(rule, side): pick(models.of(*families), rule) for rule in HEADINGS for side, families in BARS.items()}
    if not any(map(len, ours.values())):
        return None
    paper = {(rule, side): paper_numbers("headline")[PAPER_KINDS[rule]][side] for rule, side in ours}
    longest = [values["reconstruction"] for values in paper.values()]
    longest += [model.reconstruction[0] for model in ours.values() if len(model)]
    reach = 1.05 * max(longest)
    figure, axes = panels(look, 2, height=3.0)
    figure.set_figheight(6.4 if look.narrow else 3.4)
    for ax, (rule, heading) in zip(axes, HEADINGS.items(), strict=True):
        ax.set_xlim(0, reach)
        ax.set_title(heading, size=10, color=look.ink, loc="left")
        for place, side in enumerate(BARS):
            values, model = paper[rule, side], ours[rule, side]
            family = "wae-gaussian" if side == "wae" else side
            _bar(ax, place - 0.19, values["reconstruction"], _paper_text(values), look, family, hollow=True)
            length = model.reconstruction[0] if len(model) else 0.0
            _bar(ax, place + 0.19, length, _our_text(rule, model), look, model.family[0] if len(model) else family)
        ax.set_yticks(range(len(BARS)), ["WAE" if side == "wae" else "beta-VAE" for side in BARS], color=look.ink)
        ax.set_ylim(len(BARS) - 0.45, -0.55)
        ax.grid(visible=False, axis="y")
        ax.set_xlabel("reconstruction (nats per image)   ← better")
    return figure


def _paper_text(values: dict[str, float]) -> str:
    score = f"{values['disentanglement']:.3f} at " if "disentanglement" in values else ""
    return f"paper: {score}{values['reconstruction']:.1f} ± {values['plus_minus']:.1f}"


def _our_text(rule: Rule, model: ScoredModels) -> str:
    if not len(model):
        return f"ours: {'none above 98 %' if rule == 'cheapest' else 'not run'}"
    score = f"{model.score(5)[0]:.3f} at " if rule == "best five" else ""
    family = model.family[0]
    encoder = f" ({family.removeprefix('wae-')})" if family.startswith("wae-") else ""
    return f"ours: {score}{model.reconstruction[0]:.1f}{encoder}"


def _bar(ax: Axes, y: float, length: float, text: str, look: Look, family: str, hollow: bool = False) -> None:
    """One bar with its text inside it where it fits, else behind its end."""
    colour = look.colour(family)
    style: dict[str, Any] = {"color": "none", "linestyle": ":"} if hollow else {"color": colour, "linestyle": "-"}
    ax.barh(y, length, height=0.34, edgecolor=colour, alpha=0.85, **style)
    inside = length > 0.5 * ax.get_xlim()[1]
    shift, side = ((-5, 0), "right") if inside else ((5, 0), "left")
    colour = look.ground if inside and not hollow else look.ink
    ax.annotate(text, (length, y), shift, textcoords="offset points", ha=side, va="center", size=9, color=colour)


HEADLINE = Row(
    draw=_draw_headline,
    title="Section 3.2: the numbers in the text",
    caption=(
        "Test reconstruction of single models, picked as in the paper: of each family the cheapest whose four-factor "
        "score is above 98 %, and the one with the best five-factor score, which stands before its nats. A score is "
        "the mean of three restarts of the classifier, fitted by Adagrad as the paper's. Dotted: the paper, which does "
        "not say what its ± is."
    ),
    measures={claim: measure for wae in WAES for claim, measure in _compared(wae).items()},
)

IMAGE_GAP = 2
"""Pixels between two images of a row."""

PICTURED: tuple[tuple[str, Rule], ...] = (
    ("wae-gaussian", "cheapest"),
    ("wae-gaussian", "best five"),
    ("beta-vae", "cheapest"),
    ("beta-vae", "best five"),
)
"""Models of Figure 5, from the top. The paper does not show the last."""


def pick_or_best(models: ScoredModels, rule: Rule) -> tuple[ScoredModels, str]:
    """The model that a rule picks, and why; where none is above 98 %, the best one on four factors."""
    model = pick(models, rule)
    if rule == "best five":
        return model, "best on five factors"
    if len(model):
        return model, "cheapest above 98 % on four factors"
    return _best(models, 4), "best on four factors; none above 98 %"


def _draw_figure5(evidence: Evidence, look: Look) -> Figure | None:
    """A row of originals and up to four of reconstructions; None where no picked trial has kept its pictures."""
    models = ScoredModels.among(evidence.trials).published()
    rows: list[tuple[str, np.ndarray]] = []
    for family, rule in PICTURED:
        model, why = pick_or_best(models.of(family), rule)
        arrays = evidence.arrays_of(evidence.trials.iloc[model.place[0]]) if len(model) else {}
        if "originals" in arrays and "reconstructions" in arrays:
            if not rows:
                rows.append(("originals (test images)", arrays["originals"]))
            rows.append((_label(model, why), arrays["reconstructions"]))
    return _pictures(rows, look) if rows else None


def _label(model: ScoredModels, why: str) -> str:
    family = model.family[0]
    return (
        f"{family}, {'β' if family == 'beta-vae' else 'λ₁'} = {model.strength[0]:g}: {why}\n"
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
        size, place = 6.6 if look.narrow else 9, (edge / width, (top - line / 2) / height)
        figure.text(*place, text, size=size, color=look.ink, va="center", linespacing=1.25)
        top -= line
        ax = figure.add_axes((edge / width, (top - tall) / height, 1 - 2 * edge / width, tall / height))
        ax.set_axis_off()
        ax.imshow(strip, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
        top -= tall + edge
    return figure


def _strip(images: np.ndarray) -> np.ndarray:
    """Images uint8 (n, C, H, W) in a row, grey between them: (H, n (W + gap) - gap) or with a last axis of 3."""
    n, channels, high, wide = images.shape
    strip = np.full((high, n * (wide + IMAGE_GAP) - IMAGE_GAP, channels), 128, dtype=np.uint8)
    for index, image in enumerate(images):
        start = index * (wide + IMAGE_GAP)
        strip[:, start : start + wide] = image.transpose(1, 2, 0)
    return strip[..., 0] if channels == 1 else strip


FIGURE5 = Row(
    draw=_draw_figure5,
    title="Figure 5: what the picked models reconstruct",
    caption=(
        "Test images and their reconstructions from mean codes, by the models that the paper's rules pick from the "
        "trials of Figure 4, and by the best beta-VAE on five factors, which the paper does not show."
    ),
    measures={
        "figure5-sharper": _measure("wae-gaussian", "cheapest", _from_mean_codes),
        "figure5-best-five-sharper": _measure("wae-gaussian", "best five", _from_mean_codes),
    },
)
