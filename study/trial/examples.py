"""Images to look at: ten test images, their reconstructions, and fifty samples; the same of every trial of a dataset.

All are uint8 (n, channels, height, width), 255 for a pixel probability of 1.
"""

import numpy as np
import torch
from torch import Tensor

from models import AutoEncoder
from study.data.dataset import Dataset
from study.trial.pictures import reconstructions, samples


def examples(model: AutoEncoder, dataset: Dataset, device: torch.device) -> dict[str, np.ndarray]:
    """`originals` and `reconstructions` (from mean codes), both of ten images, and fifty `samples` of the prior."""
    originals, reconstructed = reconstructions(model, dataset, device)
    return {
        "originals": _bytes(originals),
        "reconstructions": _bytes(reconstructed),
        "samples": _bytes(samples(model, device).flatten(0, 1)),
    }


def _bytes(images: Tensor) -> np.ndarray:
    levels: np.ndarray = images.mul(255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
    return levels
