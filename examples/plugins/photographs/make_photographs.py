"""Writes 600 small JPEG files into the folder `photographs`, in place of one's own: a coloured disc on a gradient."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

folder = Path(__file__).parent / "photographs"
folder.mkdir(exist_ok=True)
rng = np.random.default_rng(0)
for number in range(600):
    sky = Image.linear_gradient("L").resize((64, 48))
    image = Image.merge("RGB", [sky.point(lambda level, k=k: int(level * k)) for k in rng.uniform(0.3, 1, 3)])
    x, y, radius = rng.integers(10, 54), rng.integers(10, 38), rng.integers(4, 10)
    colour = tuple(map(int, rng.integers(0, 256, 3)))
    ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    image.save(folder / f"{number:03}.jpg")
