"""The datasets that a space can name: what each offers, and what opens it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from study.data import celeba, dsprites, faces, fading_squares
from study.data.dataset import Dataset


@dataclass(frozen=True)
class Description:
    """The description of a dataset, available without its images.

    `offers` are features that metrics need: `factors` that are known, `dsprites_factors` among which is the shape,
    a `factor_network` that predicts them, `grey` pixels between black and white, images that differ by `grey_levels`
    alone, few enough and simple enough for a distance on principal components (`pca`), and images that a distance on
    Inception features says something of (`fid`).
    """

    image_shape: tuple[int, int, int]
    offers: frozenset[str]
    load: Callable[[Path | None], Dataset]
    """Called with the folder of the user's official files, if there is one."""


DATASETS: dict[str, Description] = {
    "dsprites": Description(
        (1, 64, 64), frozenset({"factors", "dsprites_factors", "factor_network", "fid"}), dsprites.load
    ),
    "fading_squares": Description((1, 32, 32), frozenset({"grey", "grey_levels", "pca", "fid"}), fading_squares.load),
    "celeba": Description((3, 64, 64), frozenset({"grey", "fid"}), celeba.load),
    **{
        name: Description((3, side, side), frozenset({"grey", "factor_network", "fid"}), partial(faces.load, name))
        for side, suffix in ((32, ""), (64, "-64"))
        for name in (f"faces-{intrinsic_dimension}{suffix}" for intrinsic_dimension in (2, 4, 8, 12))
    },
}


def load(name: str, root: Path | None = None) -> Dataset:
    """The dataset `name`, made or read on first use and shared by all processes of this node.

    `root` is the folder of the user's official files, by default `WAE_STUDY_DATA`. `KeyError` for another name.
    """
    return DATASETS[name].load(root)
