"""How the paper chooses models: the best half of a setting's scores, the cheapest good model, and the best one.

Section 3.2 and Figure 5.
"""

import numpy as np

GOOD = 0.98
"""The four-factor score above which the paper asks for the cheapest model."""


def cheapest_above(reconstruction: np.ndarray, score: np.ndarray, bound: float = GOOD) -> int | None:
    """Which of n models reconstructs best among those with a score above the bound; None where none is."""
    among = np.flatnonzero((score > bound) & np.isfinite(reconstruction))
    return int(among[np.argmin(reconstruction[among])]) if len(among) else None


def best(reconstruction: np.ndarray, score: np.ndarray) -> int | None:
    """Which of n models has the best score, of equal ones the one that reconstructs best; None of no model."""
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
    """Which of these scores (m,) are of the best half of their group, as indices; `groups` numbers them.

    Of n finite scores of a group ceil(n/2) are kept; of equal ones the earlier.
    """
    finite = np.flatnonzero(np.isfinite(scores))
    order = finite[np.lexsort((-scores[finite], groups[finite]))]
    counts = np.bincount(groups[order]) if len(order) else np.zeros(0, dtype=int)
    rank = np.arange(len(order)) - (np.cumsum(counts) - counts)[groups[order]]
    chosen: np.ndarray = order[rank < -(-counts[groups[order]] // 2)]
    return chosen
