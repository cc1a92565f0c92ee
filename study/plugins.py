"""The parts of a plugin: classes with which it declares datasets, families, networks and metrics. Without PyTorch.

Encoders, losses and networks themselves are classes of PyTorch: see `study.models`.
"""

from study.config.families import Family
from study.config.networks import Architecture
from study.config.setting import Setting
from study.data import Description
from study.data.dataset import Dataset, Factors, Images, Split, split
from study.metrics import Metric

__all__ = [
    "Architecture",
    "Dataset",
    "Description",
    "Factors",
    "Family",
    "Images",
    "Metric",
    "Setting",
    "Split",
    "split",
]
