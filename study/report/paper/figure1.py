"""Figure 1: codes of fading squares against the prior, at 100 and at 1000 points, and the decoded latent square."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from study.report.claims.measure import mean_measure
from study.report.drawing.style import Look, legend, panels
from study.report.paper import code_geometry
from study.report.paper.row import Arrays, Evidence, Row
from study.report.published.numbers import paper_numbers

FEW, MANY = 100, 1000
DRAWS_OF_FEW = 25

SQUARE_PANEL = 3.4
"""Height of a row of three square panels, in inches."""

DRAWN = frozenset({"codes", "means", "prior_samples", "plane", "plane_half_side"})
"""Arrays that a trial is drawn from."""

ENCODER_NAMES = {"wae-deterministic": "deterministic", "wae-uniform": "random (uniform box)"}


def _columns(arrays: Arrays) -> dict[str, float]:
    """The `curl` of a trial's codes, their difference from the prior, and the use of the two dimensions."""
    if "means" not in arrays:
        return {}
    means = arrays["means"]
    coding = code_geometry.coding_dimension(means)
    columns = {
        "curl": code_geometry.curl(means),
        "told_apart_100": code_geometry.detection_power(arrays["codes"], arrays["prior_samples"], FEW, DRAWS_OF_FEW),
        "visibility_1000": code_geometry.visibility(arrays["codes"], arrays["prior_samples"], MANY),
        "monotonicity": float(code_geometry.monotonicity(means)[coding]),
        "decoder_explained": code_geometry.explained_variance(arrays["plane_brightness"], coding),
    }
    if "log_spreads" in arrays:  # half-sides of a uniform box: of a Gaussian encoder they are not read
        half_sides = np.exp(arrays["log_spreads"].astype(np.float64))
        columns["coding_half_side"] = float(half_sides[:, coding].mean())
        columns["noise_half_side_error"] = float(np.abs(half_sides[:, 1 - coding] - 1).mean())
    return columns


_MEASURES = {
    "figure1-random-monotone": mean_measure("monotonicity", "wae-uniform"),
    "figure1-random-noise": mean_measure("noise_half_side_error", "wae-uniform"),
    "figure1-random-narrow": mean_measure("coding_half_side", "wae-uniform"),
    "figure1-deterministic-curls": mean_measure("curl", "wae-deterministic"),
    "figure1-few-points": mean_measure("told_apart_100", "wae-deterministic"),
    "figure1-mismatch-at-many": mean_measure("visibility_1000", "wae-deterministic"),
    "figure1-decoder": mean_measure("decoder_explained", "wae-uniform"),
}


def _draw(evidence: Evidence, look: Look) -> Figure | None:
    """The first seed of each encoder: codes and prior at 100 and at 1000 points, and the decoded square."""
    models: list[tuple[str, Arrays]] = []
    for family in ENCODER_NAMES:
        trials = evidence.trials[evidence.trials["family"] == family].sort_values(["study", "trial"])
        for _, trial in trials.iterrows():
            arrays = evidence.arrays_of(trial)
            if set(arrays) >= DRAWN:
                models.append((family, arrays))
                break
    if not models:
        return None
    figure, axes = panels(look, 3 * len(models))
    if not look.narrow:
        figure.set_figheight(SQUARE_PANEL * len(models) + 0.5)
    for (family, arrays), row in zip(models, zip(*[iter(axes)] * 3, strict=True), strict=True):
        _points(row[0], look, family, arrays, FEW)
        _points(row[1], look, family, arrays, MANY)
        _decoded(row[2], look, family, arrays)
    legend(figure, look, _handles(look, [family for family, _ in models]), columns=5)
    return figure


def _points(ax: Axes, look: Look, family: str, arrays: Arrays, n: int) -> None:
    step = len(arrays["codes"]) // n
    drawn, prior = arrays["codes"][::step][:n], arrays["prior_samples"][:n]
    size = 10 if n == FEW else 3
    ax.scatter(prior[:, 0], prior[:, 1], s=size, color=look.faint, alpha=0.6, linewidths=0)
    ax.scatter(drawn[:, 0], drawn[:, 1], s=size, color=look.colour(family), linewidths=0)
    if n == MANY:
        ax.scatter(arrays["means"][:, 0], arrays["means"][:, 1], s=1.5, color=look.ink, linewidths=0)
        _published(ax, look, family, code_geometry.coding_dimension(arrays["means"]))
    ax.set_title(f"{ENCODER_NAMES[family]}: {n} codes", color=look.ink, fontsize=10)
    _square(ax, max(1.3, 1.05 * float(np.abs(arrays["codes"]).max())))


def _published(ax: Axes, look: Look, family: str, coding: int) -> None:
    """The box that the paper's codes lie in, turned where ours code the grey level in the other dimension."""
    published = paper_numbers("figure1")
    if family == "wae-deterministic":
        box = [published["deterministic"][name] for name in ("first_range", "second_range")]
    else:
        noise = published["random"]["noise_half_side"]
        box = [published["random"]["coding_range"], [-noise, noise]]
    (left, right), (bottom, top) = box[::-1] if coding == 1 and family == "wae-uniform" else box
    corner, width, height = (left, bottom), right - left, top - bottom
    ax.add_patch(Rectangle(corner, width, height, fill=False, linestyle="--", linewidth=1, edgecolor=look.ink))


def _decoded(ax: Axes, look: Look, family: str, arrays: Arrays) -> None:
    plane = arrays["plane"][:, :, 0, 10:22, 10:22]  # the square and a little of the black around it
    side, _, height, width = plane.shape
    tiled = plane.transpose(0, 2, 1, 3).reshape(side * height, side * width)
    reach = float(arrays["plane_half_side"]) * (1 + 1 / (side - 1))  # the outer images are centred on the ends
    ax.imshow(tiled, cmap="gray", vmin=0, vmax=255, extent=(-reach, reach, -reach, reach), interpolation="nearest")
    ax.grid(visible=False)
    ax.set_title(f"{ENCODER_NAMES[family]}: decoded", color=look.ink, fontsize=10)
    _square(ax, reach)


def _square(ax: Axes, reach: float) -> None:
    ax.set_aspect("equal")
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    ax.set_xticks([-1, 0, 1])
    ax.set_yticks([-1, 0, 1])
    ax.set_xlabel("first dimension", fontsize=9)
    ax.set_ylabel("second dimension", fontsize=9)


def _handles(look: Look, families: list[str]) -> list[Line2D]:
    def dot(colour: str, label: str) -> Line2D:
        return Line2D([], [], linestyle="none", marker="o", markersize=4, color=colour, label=label)

    return [
        *(dot(look.colour(family), f"codes, {ENCODER_NAMES[family]}") for family in families),
        dot(look.ink, "encoder means"),
        dot(look.faint, "prior"),
        Line2D([], [], linestyle="--", color=look.ink, label="paper: codes lie within"),
    ]


FIGURE1 = Row(
    draw=_draw,
    title="Figure 1: codes of fading squares in two dimensions",
    caption=(
        "The first seed of each encoder. Left and middle: 100 and 1000 codes, one an image, and as many draws of the "
        "prior; black are the encoder's means; dashed, the box in which the paper's 1000 codes lie, turned as ours "
        "are. Right: what is decoded from the latent square, cut to the grey square."
    ),
    measures=_MEASURES,
    columns=_columns,
)
