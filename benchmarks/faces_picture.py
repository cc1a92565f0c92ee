"""`python -m benchmarks.faces_picture`: the picture of `docs/faces.md`, and the rank of the manifold.

Left, images of `faces-12`; right, one row for each factor, from 0 to 1 with the others at their middle. Printed:
singular values of the Jacobian of the pixels in the factors that vary, at random points.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from study.data import faces, load
from study.data.faces import FACTORS, draw_faces, render
from study.report.drawing.matplotlib_settings import own_settings
from study.report.drawing.style import Look, blank, png

PICTURE = Path(__file__).parents[1] / "docs" / "faces.png"
ROWS, COLUMNS, STEPS = 12, 9, 7
DOTS = 2 * (32 + 2)
"""Of the picture, for an image and the gap beside it: each pixel is a square of two."""

LABELS, TITLE = 100, 26
POINTS = 1000
STEP = 0.005


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.faces_picture", description="The picture of docs/faces.md.")
    parser.add_argument("--output", type=Path, default=PICTURE, help="the file of the picture")
    arguments = parser.parse_args()
    arguments.output.write_bytes(picture())

    print("| d_I | largest singular value | smallest | least of the smallest | condition number | largest |")
    print("|--:|--:|--:|--:|--:|--:|")
    for intrinsic_dimension in (2, 4, 8, 12):
        values = singular_values(intrinsic_dimension)
        first, last = values[:, 0], values[:, -1]
        condition = first / last
        row = (np.median(first), np.median(last), last.min(), np.median(condition), condition.max())
        print(f"| {intrinsic_dimension} | " + " | ".join(f"{value:.1f}" for value in row) + " |")


def singular_values(intrinsic_dimension: int) -> NDArray[np.float64]:
    """Of the Jacobian (d_I, 3072) of pixels in [0, 1] by factors in [0, 1], at random points: (points, d_I)."""
    moves = STEP * np.eye(len(FACTORS))[:intrinsic_dimension]
    found = []
    for point in faces.factor_values(intrinsic_dimension)[:POINTS]:
        inside = np.clip(point, STEP, 1 - STEP)
        ahead, behind = (
            draw_faces(inside + sign * moves, 32).reshape(len(moves), -1).astype(float) for sign in (1, -1)
        )
        found.append(np.linalg.svd((ahead - behind) / (2 * STEP), compute_uv=False))
    return np.stack(found)


@own_settings()
def picture() -> bytes:
    look = Look()
    images = load("faces-12").images.array[: ROWS * COLUMNS].reshape(ROWS, COLUMNS, 3, 32, 32)
    steps = np.full((len(FACTORS), STEPS, len(FACTORS)), 0.5)
    for row in range(len(FACTORS)):
        steps[row, :, row] = np.linspace(0, 1, STEPS)
    traversals = render(steps.reshape(-1, len(FACTORS))).reshape(len(FACTORS), STEPS, 3, 32, 32)
    high, wide = ROWS * DOTS + TITLE, (COLUMNS + STEPS) * DOTS + LABELS
    figure = blank(look, wide / 100, high / 100)
    for left, grid, title in (
        (0, images, "faces-12: all factors at random"),
        (COLUMNS * DOTS + LABELS, traversals, "each factor from 0 to 1, the others at their middle"),
    ):
        columns = grid.shape[1]
        ax = figure.add_axes((left / wide, 0, columns * DOTS / wide, ROWS * DOTS / high))
        ax.imshow(tiled(grid), interpolation="nearest")
        ax.set_axis_off()
        ax.set_title(title, fontsize=10, color=look.ink)
    for row, name in enumerate(FACTORS):
        x, y = (COLUMNS * DOTS + LABELS - 6) / wide, (ROWS - row - 0.5) * DOTS / high
        figure.text(x, y, name, ha="right", va="center", fontsize=9, color=look.ink)
    return png(figure)


def tiled(grid: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images (rows, columns, 3, side, side) as one (height, width, 3), two white pixels between."""
    padded = np.pad(grid, ((0, 0), (0, 0), (0, 0), (1, 1), (1, 1)), constant_values=255)
    rows, columns, _, side, _ = padded.shape
    return padded.transpose(0, 3, 1, 4, 2).reshape(rows * side, columns * side, 3)


if __name__ == "__main__":
    main()
