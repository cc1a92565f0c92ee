"""Fading squares (arXiv 1802.03761, section 2.1): one-dimensional data for questions about two latent dimensions.

1000 images of 32 × 32 pixels, black but for a centred square of 6 × 6 that has one grey level each: 0, 0.001, … 0.999.
The paper plots exactly 1000 codes; its steps of 0.001 from 0 to 1 would be 1001, so that one end is left out: 1 here.
"""

import hashlib
from pathlib import Path

import numpy as np

from study.data.dataset import Dataset, Description, Images, split

IMAGE_SIDE = 32
SHAPE = (1, IMAGE_SIDE, IMAGE_SIDE)
SQUARE_PIXELS = slice(13, 19)
GREY_LEVELS = np.arange(1000) / 1000


def load(root: Path | None = None) -> Dataset:
    """All 1000 images in the order of their grey levels; 4 MB, made anew by each process. Nothing in `root` is read."""
    images = np.zeros((len(GREY_LEVELS), IMAGE_SIDE, IMAGE_SIDE), dtype=np.float32)
    images[:, SQUARE_PIXELS, SQUARE_PIXELS] = GREY_LEVELS[:, None, None]
    rows = images.reshape(len(images), -1)
    rows.flags.writeable = False
    checksum = hashlib.sha256(rows.tobytes()).hexdigest()
    return Dataset("fading_squares", Images(rows, "float32", SHAPE), split(len(rows)), "rendered", checksum)


DESCRIPTION = Description(SHAPE, frozenset({"grey", "grey_levels", "pca", "fid"}), load)
