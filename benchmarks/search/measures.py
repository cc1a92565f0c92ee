"""How much a study has found by when: hypervolumes over images trained, observed and to be expected.

The headline is the hypervolume with the space's own reference, a model that knows nothing of an image. Most of it is
dominated by any trained model, so that differences drown; `share` is that of the box which the paper's Figure 4 spans,
from its worst to its best values.

Observed values flatter whoever has seen more trials, as luck is chosen with skill. The expected ones are those of the
same configurations, the ones on the observed front, under the surrogate's mean: what they would give if trained again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.simulation import Run
from study.config.space import SearchSpace
from study.pareto.dominance import non_dominated
from study.pareto.hypervolume import hypervolume, hypervolume_share
from study.report.published.numbers import figure4
from study.system.errors import InputError

Array = NDArray[np.float64]

MEASURES = ("hypervolume", "share", "expected_hypervolume", "expected_share")


@dataclass(frozen=True)
class Yardstick:
    """Signs, reference, and the paper's worst and best values, (m,) each; all but the signs to be minimised."""

    signs: Array
    reference: Array
    worst: Array
    best: Array

    def volumes(self, values: Array) -> tuple[float, float]:
        """Hypervolume and share of the paper's box of objectives (n, m) as they are measured."""
        points = np.reshape(values, (-1, len(self.signs))) * self.signs
        return hypervolume(points, self.reference), hypervolume_share(points, self.worst, self.best)

    def of(self, values: Array, expected: Array) -> tuple[float, ...]:
        """The `MEASURES` of complete trials (n, m)."""
        return (*self.volumes(values), *self.volumes(expected[non_dominated(values * self.signs)]))


def yardstick(space: SearchSpace) -> Yardstick:
    """`InputError` if the space has no reference, or the paper no Figure 4 of its objectives."""
    names = [objective.name for objective in space.objectives]
    figure = figure4(space.dataset, *names) if len(names) == 2 else None
    if figure is None or not space.reference:
        raise InputError(f"--space: needed are a reference and the paper's Figure 4; received {space.name}")
    signs = np.array([objective.sign for objective in space.objectives], dtype=np.float64)
    points = np.concatenate(list(figure.points.values())) * signs
    reference = signs * np.array([space.reference[name] for name in names])
    return Yardstick(signs, reference, points.max(axis=0), points.min(axis=0))


def over_images(run: Run, images: Sequence[int], stick: Yardstick) -> dict[str, list[float]]:
    """The `MEASURES` of what was complete when so many images had been trained, at each of `images` up to the run's."""
    completed = sorted(run.completed, key=lambda each: each.images)
    ended = np.array([each.images for each in completed])
    values = np.reshape([each.values for each in completed], (-1, len(stick.signs)))
    expected = np.reshape([each.expected for each in completed], (-1, len(stick.signs)))
    rows: list[tuple[float, ...]] = []
    before = 0
    for at in images:
        count = int(np.searchsorted(ended, at, side="right"))
        if at > run.images:
            break
        rows.append(rows[-1] if count == before and rows else stick.of(values[:count], expected[:count]))
        before = count
    return {name: [row[place] for row in rows] for place, name in enumerate(MEASURES)}
