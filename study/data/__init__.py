"""The datasets that a space can name: what each offers, and what opens it."""

from pathlib import Path

from study.data import cars3d, celeba, dsprites, faces, fading_squares, mpi3d, shapes3d, smallnorb
from study.data.dataset import Dataset
from study.data.dataset import Description as Description

DATASETS: dict[str, Description] = {
    "dsprites": dsprites.DESCRIPTION,
    "fading_squares": fading_squares.DESCRIPTION,
    "celeba": celeba.DESCRIPTION,
    **faces.DESCRIPTIONS,
    "shapes3d": shapes3d.DESCRIPTION,
    "cars3d": cars3d.DESCRIPTION,
    "smallnorb": smallnorb.DESCRIPTION,
    **mpi3d.DESCRIPTIONS,
}


def load(name: str, root: Path | None = None) -> Dataset:
    """The dataset `name`, made or read on first use and shared by all processes of this node.

    `root` is the folder of the user's official files, by default `WAE_STUDY_DATA`. `KeyError` for another name.
    """
    return DATASETS[name].open(root)
