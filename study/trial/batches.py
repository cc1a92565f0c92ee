"""The images of a training step, where a captured step finds them: written before it, read in it."""

from typing import final

import numpy as np
import torch
from torch import Tensor

from study.data.dataset import Images

COPY_SHARE = 1 / 16
"""Part of a GPU's memory for a copy of all images: several trials may share it, each with its own. CelebA, 2.5 GB, is
copied to a GPU of 40 GB or more."""


@final
class Batches:
    """Batches of `size` images on `device`. `put` sets the indices before the step, `images` returns the batch in it.

    A copy of all images lies on the GPU if it fits into `COPY_SHARE` of its memory, and only their indices are sent;
    else each batch is gathered on the host and sent. On the CPU images are read where they are.
    """

    def __init__(self, images: Images, size: int, device: torch.device) -> None:
        self._all = images
        self._copied = fits(images, device)
        if self._copied:
            self._stored = images.stored(device)
            self._next = torch.empty(size, dtype=torch.int64, device=device)
        else:
            one = torch.from_numpy(images.array[:1].copy())
            self._next = torch.empty((size, *one.shape[1:]), dtype=one.dtype, device=device)

    def put(self, indices: np.ndarray) -> None:
        """To a GPU without waiting for it, from memory that stays until it has come."""
        source = torch.from_numpy(indices if self._copied else self._all.array[indices])
        self._next.copy_(source.pin_memory() if self._next.is_cuda else source, non_blocking=True)

    def images(self) -> Tensor:
        """The batch, float32 in [0, 1]: (size, channels, height, width)."""
        rows = self._stored.index_select(0, self._next) if self._copied else self._next
        return self._all.unpack(rows)


def fits(images: Images, device: torch.device) -> bool:
    """Whether all images are to lie on the device."""
    if device.type == "cpu":
        return True
    return images.array.nbytes <= COPY_SHARE * torch.cuda.get_device_properties(device).total_memory
