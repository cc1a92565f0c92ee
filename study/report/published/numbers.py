"""The paper's printed numbers, from `numbers.yaml`, and the rules by which it chooses models.

The rules are those of section 3.2 and Figure 5: the best half of a setting's scores, the cheapest good model, the best.
"""

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
    """The entry of `numbers.yaml` with this name: one of the paper's figures, tables or sets of numbers."""
    found: dict[str, Any] = _content()[name]
    return found


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(
        files("study.report.published").joinpath("numbers.yaml").read_text(encoding="utf-8")
    )
    return content


GOOD = 0.98
"""The four-factor score above which the paper asks for the cheapest model."""


def cheapest_above(reconstruction: np.ndarray, score: np.ndarray, bound: float = GOOD) -> int | None:
    """Index of the model that reconstructs best among those with a score above the bound; None if there is none."""
    among = np.flatnonzero((score > bound) & np.isfinite(reconstruction))
    return int(among[np.argmin(reconstruction[among])]) if len(among) else None


def best(reconstruction: np.ndarray, score: np.ndarray) -> int | None:
    """Index of the model with the best score, of equal ones the one that reconstructs best; None if there is none."""
    among = np.flatnonzero(np.isfinite(score) & np.isfinite(reconstruction))
    return int(among[np.lexsort((reconstruction[among], -score[among]))[0]]) if len(among) else None


def cheapest_at_common_score(
    one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]
) -> tuple[int, int] | None:
    """Of two sides, each reconstructions and scores, the cheapest model with the best score that both reach.

    A score above `GOOD` is not asked for. None where a side has no model.
    """
    scores = [score[np.isfinite(score) & np.isfinite(reconstruction)] for reconstruction, score in (one, other)]
    if not all(map(len, scores)):
        return None
    reached = np.nextafter(min(GOOD, *(float(some.max()) for some in scores)), -np.inf)
    first, second = (cheapest_above(*side, bound=float(reached)) for side in (one, other))
    return None if first is None or second is None else (first, second)


def best_half(scores: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Indices of those scores (m,) that are of the best half of their group; `groups` numbers the groups.

    Of n finite scores of a group ceil(n/2) are kept; of equal ones the earlier.
    """
    finite = np.flatnonzero(np.isfinite(scores))
    order = finite[np.lexsort((-scores[finite], groups[finite]))]
    counts = np.bincount(groups[order]) if len(order) else np.zeros(0, dtype=int)
    rank = np.arange(len(order)) - (np.cumsum(counts) - counts)[groups[order]]
    chosen: np.ndarray = order[rank < -(-counts[groups[order]] // 2)]
    return chosen
