"""What a search could find at most: a quarter of the target's images, spent by somebody who knows the front beforehand.

The surrogate says of any configuration what is to be expected of it. Of many random ones, those on the front of these
expected values are trained to the end, in turns, and counted by what they are measured to have, as in a study. No
search can know them; that the target is near what this gives says how much of the target is luck of many trainings.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.measures import MEASURES, Yardstick
from benchmarks.search.simulation import Trainer, random_configs
from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.pareto.dominance import non_dominated

Array = NDArray[np.float64]

CANDIDATES = 3_000
"""Random configurations among which the front is looked for: fifteen times as many as the target's trainings."""


def known_front(trainer: Trainer, plan: StudyPlan, stick: Yardstick, trainings: int, seeds: int) -> dict[str, Any]:
    """Quartiles over seeds of the `MEASURES`; and what there would be if each training gave what is to be expected.

    `plan` says the space and the seed of the candidates; its sampler is not asked.
    """
    candidates = random_configs(plan, CANDIDATES)
    expected = np.array([trainer.expected(config)[-1] for config in candidates])
    front = np.flatnonzero(non_dominated(expected * stick.signs))
    configs = [candidates[place] for place in front]
    found = [_trained(trainer, configs, expected[front], stick, trainings, seed) for seed in range(seeds)]
    quartiles = np.percentile(found, [25, 50, 75], axis=0)
    return {
        "candidates": len(candidates),
        "configurations on the front": len(front),
        "trainings": trainings,
        "quartiles": {measure: quartiles[:, place].tolist() for place, measure in enumerate(MEASURES)},
        "expected of all": dict(zip(("hypervolume", "share"), stick.volumes(expected), strict=True)),
    }


def _trained(
    trainer: Trainer, configs: list[TrialConfig], expected: Array, stick: Yardstick, trainings: int, seed: int
) -> tuple[float, ...]:
    """The `MEASURES` of so many trainings of these n configurations, whose `expected` (n, m) are known: in a drawn
    order, again from the first if need be.
    """
    rng = np.random.default_rng(seed)
    turns = np.resize(rng.permutation(len(configs)), trainings)
    seeded = [configs[place].model_copy(update={"seed": int(rng.integers(1 << 30))}) for place in turns]
    return stick.of(np.array([trainer.curve(config)[-1] for config in seeded]), expected[turns])


def print_known_front(found: dict[str, Any], target: dict[str, float]) -> None:
    """What is found at a quarter of the target's images, as shares of the target."""
    print(f"{found['trainings']} trainings of {found['configurations on the front']} configurations known beforehand:")
    for measure in MEASURES:
        low, median, high = (value / target[measure] for value in found["quartiles"][measure])
        print(f"  {measure}: {median:.1%} of the target ({low:.1%} to {high:.1%})")
