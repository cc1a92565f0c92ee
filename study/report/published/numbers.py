"""The paper's own numbers, from `numbers.yaml`: what a study's budget and its front are set beside."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

ADAGRAD = "_adagrad"
"""Suffix of the scores whose classifier is fitted as in the paper."""


@dataclass(frozen=True)
class Budget:
    """How long and how wide the paper's models of a dataset were."""

    steps: int
    batch_size: int
    width: int

    @property
    def images(self) -> int:
        return self.steps * self.batch_size


@dataclass(frozen=True)
class Backdrop:
    """Points of the paper to draw behind a panel: `points` maps a family to (n, 2)."""

    label: str
    points: dict[str, np.ndarray]


def budget(dataset: str) -> Budget | None:
    """The paper's budget on a dataset, if it used it."""
    values = _content()["budget"].get(dataset)
    return None if values is None else Budget(**values)


def figure4(dataset: str, x: str, y: str) -> Backdrop | None:
    """Figure 4 behind the panel of metric `y` over metric `x`: on dSprites, disentanglement and reconstruction only.

    The paper's scores are of a classifier fitted by Adagrad. They are drawn behind the optimum's scores too, which
    `study.report.sentences.summary.paper_score_sentence` says.
    """
    figure = _content()["figure4"]
    axes = [name.removesuffix(ADAGRAD) for name in (x, y)]
    if dataset != figure["dataset"] or set(axes) not in (
        {"reconstruction", "disentanglement"},
        {"reconstruction", "disentanglement_4"},
    ):
        return None
    points = {family: np.column_stack([values[name] for name in axes]) for family, values in figure["families"].items()}
    return Backdrop(figure["label"], points)


def paper_numbers(name: str) -> dict[str, Any]:
    """What `numbers.yaml` says under this name: one of the paper's figures, tables or sets of numbers."""
    found: dict[str, Any] = _content()[name]
    return found


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(
        files("study.report.published").joinpath("numbers.yaml").read_text(encoding="utf-8")
    )
    return content
