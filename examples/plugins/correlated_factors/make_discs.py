"""Writes `discs.npz`: 2,000 images of a disc whose brightness goes with its size, and the table of its factors."""

from pathlib import Path

import numpy as np

rng = np.random.default_rng(0)
size = rng.integers(0, 4, 2_000)
brightness = np.clip(size + rng.integers(-1, 2, 2_000), 0, 3)  # correlated with the size: not a grid
place = rng.uniform(8, 24, (2_000, 2))  # numbers, not classes
rows, columns = np.mgrid[:32, :32]
distance = np.hypot(rows - place[:, 1, None, None], columns - place[:, 0, None, None])
inside = np.clip(3 + size[:, None, None] - distance, 0, 1)
images = (inside * (120 + 45 * brightness[:, None, None])).astype(np.uint8)
parts = rng.choice(["train", "validation", "test"], 2_000, p=[0.7, 0.1, 0.2])
np.savez(Path(__file__).parent / "discs.npz", images=images, size=size, brightness=brightness, place=place, part=parts)
