"""Rings: 4,000 grey images of 32 × 32 pixels, the full grid of three factors: a radius and two positions."""

import hashlib
from pathlib import Path

import numpy as np

from study.plugins import Dataset, Description, Factors, Images, split

SIDE = 32
FACTORS = Factors(("radius", "pos_x", "pos_y"), (10, 20, 20))


def load(root: Path | None = None) -> Dataset:
    """All images, the last factor changing fastest: 4 MB, made anew by each process. Nothing in `root` is read."""
    radius, x, y = FACTORS.values(np.arange(np.prod(FACTORS.sizes))).T[:, :, None, None]
    centre = np.arange(SIDE) + 0.5
    distance = np.hypot(centre - (6 + x), centre[:, None] - (6 + y))
    brightness = np.exp(-((distance - (1 + radius / 3)) ** 2))  # a circle, blurred by about a pixel
    rows = np.round(255 * brightness).astype(np.uint8).reshape(len(brightness), -1)
    rows.flags.writeable = False
    checksum = hashlib.sha256(rows.tobytes()).hexdigest()
    return Dataset("rings", Images(rows, "uint8", (1, SIDE, SIDE)), split(len(rows)), "rendered", checksum, FACTORS)


OFFERS = frozenset({"factors", "factor_grid", "grey", "pca", "fid"})
DATASETS = {"rings": Description((1, SIDE, SIDE), OFFERS, load)}
