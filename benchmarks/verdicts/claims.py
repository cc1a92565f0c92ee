"""Verdicts on the paper's claims: how often intervals cover the truth, and how often the rule agrees by chance."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from study.report.claims.significance import intervals
from study.report.paper.answers import answers
from study.report.read.studies import load_studies
from study.report.results.markdown import answering_together

REPLICATES = (3, 5, 10)

Simulated = Callable[[np.random.Generator, int, int], tuple[np.ndarray, np.ndarray, float]]
"""Of (studies, replicates) the measure on all together (studies,), on each alone (studies, n), and its true value."""


def _normal(rng: np.random.Generator, studies: int, n: int) -> tuple[np.ndarray, np.ndarray, float]:
    values = rng.normal(size=(studies, n))
    return values.mean(axis=1), values, 0.0


def _log_normal(rng: np.random.Generator, studies: int, n: int) -> tuple[np.ndarray, np.ndarray, float]:
    values = rng.lognormal(0, 0.5, size=(studies, n))
    return values.mean(axis=1), values, float(np.exp(0.125))


def _difference(rng: np.random.Generator, studies: int, n: int) -> tuple[np.ndarray, np.ndarray, float]:
    one, other = rng.normal(1, 0.2, (2, studies, n))
    return (one - other).mean(axis=1), one - other, 0.0


def _ratio(rng: np.random.Generator, studies: int, n: int) -> tuple[np.ndarray, np.ndarray, float]:
    one, other = rng.normal(1, 0.2, (2, studies, n))
    return one.mean(axis=1) / other.mean(axis=1), one / other, 1.0


def _best_of_four_alike(rng: np.random.Generator, studies: int, n: int) -> tuple[np.ndarray, np.ndarray, float]:
    settings = rng.normal(1, 0.2, (4, studies, n))
    return settings.mean(axis=2).max(axis=0), settings.max(axis=0), 1.0


SIMULATED: dict[str, Simulated] = {
    "mean of normal values": _normal,
    "mean of log-normal values, σ = .5": _log_normal,
    "difference of two means": _difference,
    "ratio of two means": _ratio,
    "best of four settings that are alike": _best_of_four_alike,
}


def coverage(studies: int) -> dict[str, dict[int, float]]:
    """How often the 95 % interval of each kind of measure holds its true value, by the number of replicates."""
    found: dict[str, dict[int, float]] = {}
    for name, simulated in SIMULATED.items():
        for n in REPLICATES:
            together, singles, truth = simulated(np.random.default_rng(n), studies, n)
            low, high = intervals(together, singles).T
            found.setdefault(name, {})[n] = float(((low <= truth) & (truth <= high)).mean())
    return found


def chances(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """The claims that kept studies answer and whose outcomes can be exchanged.

    `p`: the share of exchanges that are as extreme as what is observed; `by chance`: of those that the whole rule would
    call an agreement.
    """
    return [
        {
            "claim": verdict.claim.id,
            "reading": verdict.reading,
            "exchanged": verdict.claim.exchanged,
            "p": verdict.chance.reaching,
            "by chance": verdict.chance.agreeing,
            "verdict": verdict.word,
        }
        for group in answering_together(folders)
        for answer in answers(load_studies(group))
        for verdict in answer.verdicts
        if verdict.chance is not None
    ]
