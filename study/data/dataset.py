"""Dataset: images that are unpacked on the device, their split, and their factors if known.

PyTorch is imported where images are unpacked: the command that starts trials opens the data too, and does without.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import torch

Encoding = Literal["bits", "uint8", "float32"]
Part = Literal["train", "validation", "test"]

SPLIT_SEED = 0


@dataclass(frozen=True)
class Images:
    """All images of a dataset, as they are stored.

    `array` is usually a read-only memory map that all processes of a node share. Its rows are flattened images
    (channels, height, width): bits packed most significant first (`bits`), bytes that mean value / 255 (`uint8`), or
    values in [0, 1] (`float32`).
    """

    array: np.ndarray
    encoding: Encoding
    shape: tuple[int, int, int]

    def __len__(self) -> int:
        return len(self.array)

    def batch(self, indices: np.ndarray, device: "torch.device | str" = "cpu") -> "torch.Tensor":
        """The images at `indices` (n,) as float32 in [0, 1], unpacked on `device`: (n, channels, height, width)."""
        import torch

        return self.unpack(torch.from_numpy(np.ascontiguousarray(self.array[indices])).to(device))

    def batches(self, indices: np.ndarray, size: int, device: "torch.device | str" = "cpu") -> Iterator["torch.Tensor"]:
        """The images at `indices` in order, `size` at a time."""
        for start in range(0, len(indices), size):
            yield self.batch(indices[start : start + size], device)

    def stored(self, device: "torch.device | str" = "cpu") -> "torch.Tensor":
        """All rows as they are stored, on `device`: on the CPU the array itself, on a GPU a copy of it."""
        import torch

        with warnings.catch_warnings(action="ignore", category=UserWarning):  # a tensor of read-only memory: only read
            return torch.from_numpy(self.array).to(device)

    def unpack(self, rows: "torch.Tensor") -> "torch.Tensor":
        """Stored rows (n, …) as images, float32 in [0, 1], where the rows are: (n, channels, height, width)."""
        match self.encoding:
            case "bits":
                values = _bits_of_bytes(rows.device).index_select(0, rows.reshape(-1).int())
            case "uint8":
                values = rows.float() / 255
            case "float32":
                values = rows
        return values.view(len(rows), *self.shape)


@cache
def _bits_of_bytes(device: "torch.device") -> "torch.Tensor":
    """The eight bits of every byte, most significant first, as float32 (256, 8)."""
    import torch

    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    return torch.from_numpy(bits).to(device, torch.float32)


@dataclass(frozen=True)
class Factors:
    """Ground-truth factors of a dataset that is their full grid, the last factor changing fastest."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]

    def values(self, indices: np.ndarray) -> np.ndarray:
        """Factor classes of the images at `indices` (n,): int64 (n, factors), each from 0 to its size - 1."""
        return np.stack(np.unravel_index(indices, self.sizes), axis=1)


@dataclass(frozen=True)
class Split:
    """Image indices of the three parts, each in ascending order."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def __getitem__(self, part: Part) -> np.ndarray:
        indices: np.ndarray = getattr(self, part)
        return indices


def split(n: int) -> Split:
    """The paper's 90/10 into training and test by a fixed seed; a twentieth of the training part is validation."""
    order = np.random.default_rng(SPLIT_SEED).permutation(n)
    n_train = n * 9 // 10
    n_validation = n_train // 20
    return Split(
        train=np.sort(order[n_validation:n_train]),
        validation=np.sort(order[:n_validation]),
        test=np.sort(order[n_train:]),
    )


@dataclass(frozen=True)
class Dataset:
    """Images with their split. `source`: `official` or `rendered`. `checksum` identifies the images."""

    name: str
    images: Images
    split: Split
    source: str
    checksum: str
    factors: Factors | None = None
