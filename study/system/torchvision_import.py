"""Imports torchvision, also where a CPU-only torch stands beside a torchvision that was built for CUDA.

Such a torchvision cannot load its compiled operators. It is meant to go on without them, but two of its lines describe
operators (`nms`, `qnms`: boxes, which nothing here uses) that then do not exist, and the import ends with
`RuntimeError: operator torchvision::nms does not exist`. Declaring the two, without an implementation, is enough. Where
torchvision imports as it is, nothing is declared.
"""

import importlib
import sys
from types import ModuleType

import torch

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_OPERATORS = ("nms", "qnms")

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
