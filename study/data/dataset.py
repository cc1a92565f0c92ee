"""Dataset: images that are unpacked on the device, their split, and their factors if known.

PyTorch is imported where images are unpacked: the command that starts trials opens the data too, and does without.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from study.system.errors import InputError

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


MOST_LEVELS = 64
"""Number of different values up to which a factor of floating-point numbers is taken as classes, one for each value."""

NUMBER_CLASSES = 10
"""Number of classes into which a factor of more different numbers is cut, each with about equally many images."""

MOST_CLASSES = 256
"""Most classes of a factor that is scored: metrics fit a classifier with an output for each. Cars3D has 183."""

LEAST_OTHERS = 10
LEAST_SHARE_OF_OTHERS = 0.02
"""Images, and their share, that must not have a factor's most common class for the factor to be scored: a random part
of a thousand images then holds a second class."""


@dataclass(frozen=True)
class Factors:
    """Ground-truth factors of a dataset, as the classes that metrics take.

    Without `table` the images are the full grid of all classes, the last factor changing fastest: nothing is stored.
    With `table` (n, K) the images may have any classes: a part of a grid, a grid in another order, factors that depend
    on each other. `Factors.of` makes it from columns of a file.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    """The number of classes of each factor."""

    table: np.ndarray | None = field(default=None, compare=False)
    """Classes of all images (n, K), each from 0 to its size - 1, in the smallest type of integers that holds them."""

    numbers: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False)
    """Of factors that are numbers, and were cut into classes, the numbers themselves: float64 (n,)."""

    @staticmethod
    def of(columns: Mapping[str, np.ndarray]) -> "Factors":
        """Factors from columns (n,): whole numbers, booleans and texts are classes, one for each different value.

        Floating-point numbers of up to `MOST_LEVELS` different values are classes too, in their order. More are cut
        into `NUMBER_CLASSES` classes at their quantiles; the numbers are kept. `ValueError` if one is not finite.
        """
        classes, numbers = [], {}
        for name, values in columns.items():
            if values.dtype.kind == "f":
                if not np.isfinite(values).all():
                    raise ValueError(f"factor {name}: every number must be finite; received NaN or infinity")
                if len(np.unique(values)) > MOST_LEVELS:
                    numbers[name] = values.astype(np.float64)
                    values = _quantile_bins(numbers[name])
            classes.append(np.unique(values, return_inverse=True)[1])
        sizes = tuple(int(column.max()) + 1 for column in classes)
        table = np.stack(classes, axis=1).astype(np.min_scalar_type(max(sizes)))
        table.flags.writeable = False
        return Factors(tuple(columns), sizes, table, numbers)

    def values(self, indices: np.ndarray) -> np.ndarray:
        """Factor classes of the images at `indices` (n,): int64 (n, factors), each from 0 to its size - 1."""
        if self.table is None:
            return np.stack(np.unravel_index(indices, self.sizes), axis=1)
        return self.table[indices].astype(np.int64)

    def measured(self, indices: np.ndarray) -> np.ndarray:
        """The same as float64 (n, factors), with the numbers themselves where a factor has them."""
        values = self.values(indices).astype(np.float64)
        for name, numbers in self.numbers.items():
            values[:, self.names.index(name)] = numbers[indices]
        return values

    @property
    def complete(self) -> bool:
        """Whether the images are the full grid: every combination of classes is that of exactly one image."""
        if self.table is None:
            return True
        if len(self.table) != np.prod(self.sizes, dtype=np.float64):
            return False
        return len(np.unique(np.ravel_multi_index(tuple(self.table.T), self.sizes))) == len(self.table)


def _quantile_bins(values: np.ndarray) -> np.ndarray:
    edges = np.quantile(values, np.linspace(0, 1, NUMBER_CLASSES + 1)[1:-1])
    return np.searchsorted(edges, values, side="right")


def scored(classes: np.ndarray) -> list[int]:
    """The columns of factor classes (n, K) that metrics can score on these n images.

    Left out are factors whose images are all, or nearly all, of one class (`LEAST_OTHERS`, `LEAST_SHARE_OF_OTHERS`),
    those that give every image a class of its own, and those of more than `MOST_CLASSES` classes.
    """
    n = len(classes)
    counts = [np.unique(column, return_counts=True)[1] for column in classes.T]
    least = max(LEAST_OTHERS, LEAST_SHARE_OF_OTHERS * n)
    most = min(n - 1, MOST_CLASSES)
    return [column for column, count in enumerate(counts) if n - count.max() >= least and len(count) <= most]


def factor_offers(factors: Factors, split: "Split") -> frozenset[str]:
    """The offers that factors allow: `factors` if two of them can be scored in both parts, `factor_grid` if all."""
    usable = [set(scored(factors.values(part))) for part in (split.validation, split.test)]
    offers = {"factors"} if len(usable[0] & usable[1]) >= 2 else set()
    return frozenset(offers | ({"factor_grid"} if offers and factors.complete else set()))


@dataclass(frozen=True)
class Split:
    """Image indices of the three parts, each in ascending order."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def __getitem__(self, part: Part) -> np.ndarray:
        indices: np.ndarray = getattr(self, part)
        return indices


PARTS: tuple[Part, ...] = ("train", "validation", "test")
"""The parts in their order, which is that of CelebA's numbers 0, 1 and 2."""

LEAST_IMAGES = 20
"""Images that each part of a user's images must have: distances between images need that many."""


def check_parts(where: Path, parts: Split) -> None:
    """`InputError` if a part of the images at `where` has fewer than `LEAST_IMAGES`."""
    for part in PARTS:
        if len(parts[part]) < LEAST_IMAGES:
            raise InputError(
                f"{where}: too few images: {sum(len(parts[each]) for each in PARTS)}, of them {len(parts[part])} for "
                f"{part}; each of {', '.join(PARTS)} needs {LEAST_IMAGES}"
            )


def split(n: int, shares: Sequence[float] | None = None) -> Split:
    """Parts drawn with a fixed seed: by default the paper's 90/10, with a twentieth of the training part as validation.

    `shares` of training, validation and test, which add up to 1, give other sizes.
    """
    order = np.random.default_rng(SPLIT_SEED).permutation(n)
    if shares is None:
        n_train = n * 9 // 10
        n_validation = n_train // 20
    else:
        n_train = n - round(n * shares[2])
        n_validation = round(n * shares[1])
    return Split(
        train=np.sort(order[n_validation:n_train]),
        validation=np.sort(order[:n_validation]),
        test=np.sort(order[n_train:]),
    )


@dataclass(frozen=True)
class Dataset:
    """Images with their split. `source` names their origin. `checksum` identifies the images."""

    name: str
    images: Images
    split: Split
    source: str
    checksum: str
    factors: Factors | None = None
    offers: frozenset[str] = frozenset()
    """Its offers to metrics: set by `Description.open`."""


@dataclass(frozen=True)
class Description:
    """The description of a dataset, available without its images.

    `offers` are features that metrics need: `factors` that are known, `factor_grid` if the images are the full grid of
    them, `dsprites_factors` among which is the shape, a `factor_network` that predicts them, `grey` pixels between
    black and white, images that differ by `grey_levels` alone, few enough and simple enough for a distance on principal
    components (`pca`), and images that a distance on Inception features says something of (`fid`).
    """

    image_shape: tuple[int, int, int]
    offers: frozenset[str]
    load: Callable[[Path | None], Dataset]
    """Called with the folder of the user's official files, if there is one."""

    def open(self, root: Path | None = None) -> Dataset:
        """The dataset, with what it offers; `root` is the folder of the user's official files."""
        return replace(self.load(root), offers=self.offers)
