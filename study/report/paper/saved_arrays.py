"""What the arrays of a trial may be: by name their kind and shape. Any other is not used, as if it were damaged."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.lib.npyio import NpzFile

from study.metrics.mean_pixel_deviation import CURVE_AT

Shape = tuple[int | str, ...]

_IMAGES: Shape = ("images", "channels", "height", "width")

FORMS: dict[str, tuple[str, Shape]] = {
    "originals": ("u", _IMAGES),
    "reconstructions": ("u", _IMAGES),
    "samples": ("u", ("samples", *_IMAGES[1:])),
    "code_variance": ("f", ("dimensions",)),
    "log_spread_quantiles": ("f", (5, "dimensions")),
    "codes": ("f", (1000, 2)),
    "means": ("f", (1000, 2)),
    "log_spreads": ("f", (1000, 2)),
    "prior_samples": ("f", (1000, 2)),
    "plane": ("u", ("side", "side", *_IMAGES[1:])),
    "plane_brightness": ("f", ("fine side", "fine side")),
    "plane_half_side": ("f", ()),
    "pixel_deviation": ("f", (len(CURVE_AT),)),
    "trajectory": ("f", ("steps", "followed", 2)),
    "trajectory_step": ("i", ("steps",)),
}
"""Kind as NumPy names it, and lengths; those with one name are the same, and none is 0. See `study.trial.arrays`."""

LARGEST = 2**28
"""Bytes that all arrays of a trial have at most, unpacked: a small file can stand for more than fits into memory."""


class SavedArrays(Mapping[str, np.ndarray]):
    """The arrays of an archive, read as they are asked for. `ValueError` if it is too large, or for another form."""

    def __init__(self, archive: NpzFile) -> None:
        self._archive = archive
        self._lengths: dict[str, int] = {}
        assert archive.zip is not None  # it is open
        sizes: list[int] = [member.file_size for member in archive.zip.infolist()]
        if sum(sizes) > LARGEST:
            raise ValueError(f"more than {LARGEST:,} bytes of arrays")

    def __getitem__(self, name: str) -> np.ndarray:
        array = self._archive[name]
        if name in FORMS:
            self._check(name, array)
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self._archive)

    def __len__(self) -> int:
        return len(self._archive)

    def _check(self, name: str, array: np.ndarray) -> None:
        kind, shape = FORMS[name]
        if array.dtype.kind != kind or array.ndim != len(shape) or 0 in array.shape:
            raise ValueError(f"{name}: {array.dtype} of shape {array.shape}")
        for length, wanted in zip(array.shape, shape, strict=True):
            known = self._lengths.setdefault(wanted, length) if isinstance(wanted, str) else wanted
            if length != known:
                raise ValueError(f"{name}: has shape {array.shape}")
        if kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{name}: holds values that are not finite")
        if name == "trajectory_step" and (array[0] < 0 or (np.diff(array) <= 0).any()):
            raise ValueError(f"{name}: steps that do not rise")
