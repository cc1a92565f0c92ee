"""The datasets that a space can name, and what each offers. `load` opens one; importing this module costs nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from study.data.dataset import Dataset


@dataclass(frozen=True)
class Description:
    """What is known of a dataset before its images are there."""

    image_shape: tuple[int, int, int]
    offers: frozenset[str]


DATASETS: dict[str, Description] = {
    "dsprites": Description((1, 64, 64), frozenset({"factors", "dsprites_factors", "factor_network", "fid"})),
    "celeba": Description((3, 64, 64), frozenset({"grey", "fid"})),
    "fading_squares": Description((1, 32, 32), frozenset({"grey", "grey_levels", "pca", "fid"})),
    **{
        f"faces-{intrinsic_dimension}{suffix}": Description(
            (3, side, side), frozenset({"grey", "factor_network", "fid"})
        )
        for side, suffix in ((32, ""), (64, "-64"))
        for intrinsic_dimension in (2, 4, 8, 12)
    },
}


def load(name: str, root: Path | None = None) -> "Dataset":
    """The dataset `name`, made or read on first use and shared by all processes of this node.

    `root` is where the user keeps official files; without one, `WAE_STUDY_DATA` says so.
    """
    match name:
        case "celeba":
            from study.data import celeba

            return celeba.load(root)
        case "dsprites":
            from study.data import dsprites

            return dsprites.load(root)
        case "fading_squares":
            from study.data import fading_squares

            return fading_squares.load()
        case _ if name in DATASETS and name.startswith("faces-"):
            from study.data import faces

            return faces.load(name)
    raise KeyError(name)
