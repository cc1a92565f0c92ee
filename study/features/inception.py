"""Features of the Inception network that the FID is defined with: pytorch-fid's, 2048 numbers an image.

They are its final average pooling. The weights (Apache-2.0, 91 MB) are pytorch-fid's own, converted from TensorFlow;
they are read from a file and never downloaded. Images of any size in [0, 1] are resized to 299×299 by the network; grey
ones are repeated to three channels. On a CPU, a thousand images take more than a minute.

A CPU-only torch may be installed with a torchvision that was built for CUDA, which cannot load its compiled operators.
It is meant to work without them, but two of its lines describe operators (`nms`, `qnms`: boxes, which nothing here
uses) that then do not exist, and the import ends with `RuntimeError: operator torchvision::nms does not exist`.
Declaring the two, without an implementation, is enough. If torchvision imports without that, nothing is declared.
"""

import hashlib
import importlib
import os
import pickle
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor

from study.system.errors import InputError, first_line

VARIABLE = "WAE_STUDY_INCEPTION_WEIGHTS"
"""The environment variable that names the file of the weights."""

CACHED_NAME = "pt_inception-2015-12-05-6726825d.pth"
"""File name of pytorch-fid's own download in torch.hub's cache."""

WIDTH = 2048
"""Number of features."""

INCEPTION_BATCH = 50

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

_OPERATORS = ("nms", "qnms")


def available() -> Path | None:
    """The file of the weights: the one that the environment names, else pytorch-fid's usual cache if it is there.

    `InputError` if the environment names a file that does not exist.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise InputError(f"{VARIABLE}: a file with pytorch-fid's Inception weights is needed; received {named}")
        return Path(named)
    cached = Path(torch.hub.get_dir()) / "checkpoints" / CACHED_NAME
    return cached if cached.is_file() else None


class Inception:
    """The network on a device. `checksum` (SHA-256 of the file) identifies its weights."""

    def __init__(self, weights: Path, device: torch.device | str = "cpu") -> None:
        """`InputError` if `weights` is not a state dict of pytorch-fid's network."""
        import_torchvision()
        from pytorch_fid import inception

        try:
            self.checksum = hashlib.sha256(weights.read_bytes()).hexdigest()
            state = torch.load(weights, map_location="cpu", weights_only=True)
            # pytorch-fid asks torch.hub for the weights while it builds the network: it is given these
            download, inception.load_state_dict_from_url = inception.load_state_dict_from_url, lambda *_, **__: state
            try:
                network = inception.InceptionV3([inception.InceptionV3.BLOCK_INDEX_BY_DIM[WIDTH]])
            finally:
                inception.load_state_dict_from_url = download
        except (OSError, EOFError, RuntimeError, TypeError, ValueError, pickle.UnpicklingError) as error:
            reason = first_line(error)
            raise InputError(f"{weights}: not the weights of pytorch-fid's Inception network: {reason}") from None
        self._network = network.eval().to(device)
        self._device = device

    @torch.inference_mode()
    def features(self, images: Tensor) -> np.ndarray:
        """Of images (n, 1 or 3, height, width) in [0, 1]: float32 (n, 2048). `ValueError` for another shape."""
        if images.ndim != 4 or images.shape[1] not in (1, 3) or len(images) == 0:
            raise ValueError(f"images: (n, 1 or 3, height, width) is needed; received shape {tuple(images.shape)}")
        parts = []
        for batch in images.split(INCEPTION_BATCH):
            rgb = batch.to(self._device).float().expand(-1, 3, -1, -1)
            parts.append(self._network(rgb)[0].flatten(start_dim=1).cpu().numpy())
        return np.concatenate(parts)


_declared: list[torch.library.Library] = []
"""A declaration lives as long as its Library object."""


def import_torchvision() -> ModuleType:
    """The module `torchvision`; to be called before anything that imports it, such as `pytorch_fid.inception`."""
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if not any(f"operator torchvision::{name} does not exist" in str(error) for name in _OPERATORS):
            raise
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]  # what the failed import left behind is half initialised
    if not _declared:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name in _OPERATORS:
            library.define(name + _SCHEMA)
        _declared.append(library)
    return importlib.import_module("torchvision")
