"""Agreement of the metrics on the same models: Spearman's rank correlation ρ of every two of them, and in words.

Values are those of complete trials on test images. Metrics that are minimised are turned, so that +1 always says that
two metrics order the models alike, best first, and −1 that what is best for one is worst for the other. Equal values
share their mean rank; a pair of metrics is compared over the trials that have both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from study.metrics import METRICS, OF_FACTORS
from study.report.analysis.analysis import Analysis
from study.report.text.format import count, listed

FEWEST_MODELS = 4
"""Trials that a pair of metrics needs: three can be ordered in only six ways."""

PAIR_LEVEL = 0.05
"""Probability of the two-sided test, for one pair."""

LARGEST_D = {5: 0, 6: 4, 7: 12, 8: 22, 9: 36, 10: 58, 11: 84, 12: 118}
"""Largest D = Σ (i − π(i))² that at most 2.5 % of the n! permutations of n ranks do not exceed, counted over all.

ρ = 1 − 6D/(n³ − n), whose distribution is symmetric; of more ranks, the t distribution is within 0.01 of it.
"""


@dataclass(frozen=True)
class Agreement:
    """`rho` (k, k) of `metrics`, NaN where too few trials have both; `pairs` (k, k): how many have.

    The metrics are in the order of the catalogue, which puts related ones side by side, and not clustered: so the
    same cell is at the same place in every report. `constant` and `scarce` are in the records, but left out: all models
    have the same value, or fewer than `FEWEST_MODELS` models have one.
    """

    metrics: tuple[str, ...]
    rho: np.ndarray
    pairs: np.ndarray
    constant: tuple[str, ...] = ()
    scarce: tuple[str, ...] = ()

    @property
    def beyond_chance(self) -> np.ndarray:
        """Mask (k, k) of the `rho` that are so large that fewer than one in twenty random orders are as far from 0."""
        bound = np.array([critical(int(n)) or np.inf for n in self.pairs.ravel()]).reshape(self.pairs.shape)
        far: np.ndarray = np.abs(self.rho) >= bound - 1e-9
        return far

    def upper(self) -> list[tuple[float, str, str]]:
        """Every pair of metrics that has a ρ, once."""
        k = len(self.metrics)
        return [
            (float(self.rho[i, j]), self.metrics[i], self.metrics[j])
            for i in range(k)
            for j in range(i + 1, k)
            if np.isfinite(self.rho[i, j])
        ]


def agreement(trials: pd.DataFrame) -> Agreement | None:
    """The agreement of the metrics over these trials, or None where there are no two metrics to compare."""
    values = metric_values(trials)
    counts, different = values.notna().sum().to_dict(), values.nunique().to_dict()
    names = [name for name in METRICS if counts.get(name)]
    scarce = [name for name in names if counts[name] < FEWEST_MODELS]
    constant = [name for name in names if counts[name] >= FEWEST_MODELS and different[name] == 1]
    kept = [name for name in names if counts[name] >= FEWEST_MODELS and different[name] > 1]
    turned = values[kept] * [1 if METRICS[name].direction == "maximize" else -1 for name in kept]
    rho = turned.corr(method="spearman", min_periods=FEWEST_MODELS).to_numpy(dtype=float)
    there = turned.notna().to_numpy(dtype=int)
    matrix = Agreement(tuple(kept), rho, there.T @ there, tuple(constant), tuple(scarce))
    return matrix if matrix.upper() else None


def metric_values(trials: pd.DataFrame) -> pd.DataFrame:
    """The test values of every metric with a direction that is in the records; what is not finite is missing."""
    names = [name for name, metric in METRICS.items() if metric.direction is not None and name in trials]
    return trials[names].apply(pd.to_numeric, errors="coerce").replace([np.inf, -np.inf], np.nan).astype(float)


def critical(n: int) -> float | None:
    """The smallest |ρ| of `n` models without ties that is beyond chance at `PAIR_LEVEL`; None where not even 1 is.

    Chance: every order of the models is equally likely. From the exact distribution for up to twelve models; else from
    t = ρ √((n − 2)/(1 − ρ²)), which has Student's distribution with n − 2 degrees of freedom (Kendall and Stuart).
    """
    if n > max(LARGEST_D):
        t = float(stdtrit(n - 2, 1 - PAIR_LEVEL / 2))
        return t / float(np.sqrt(n - 2 + t * t))
    return 1 - 6 * LARGEST_D[n] / (n**3 - n) if n in LARGEST_D else None


def signed(rho: float) -> str:
    """`0.98`, `−0.12`; a dash where there is none."""
    return "–" if np.isnan(rho) else f"{round(rho, 2) + 0.0:.2f}".replace("-", "−")


def agreement_sentences(matrix: Agreement, analysis: Analysis) -> list[str]:
    """The matrix in words, and its limits."""
    return [*_chance(matrix), *_least_alike(matrix), *_objectives(matrix, analysis.names), *_mixed(analysis)]


def left_out(matrix: Agreement) -> str:
    """Metrics of the records that the matrix lacks, and why."""
    parts = []
    if matrix.constant:
        parts.append(f"{listed(list(matrix.constant))} (the same for all models)")
    if matrix.scarce:
        parts.append(f"{listed(list(matrix.scarce))} (of fewer than {FEWEST_MODELS} models)")
    return f"Left out: {listed(parts)}." if parts else ""


def _chance(matrix: Agreement) -> list[str]:
    shared = matrix.pairs[np.triu_indices(len(matrix.metrics), 1)]
    n, fewest, k = int(shared.max()), int(shared.min()), len(matrix.upper())
    bound = critical(n)
    missing = f" (some pairs of metrics share only {fewest:,} of them)" if fewest < n else ""
    if bound is None:
        return [f"{count(n, 'model')}{missing} are too few for any ρ to be significant at the 5 % level."]
    by_chance = PAIR_LEVEL * k
    some = f"; of {k:,} pairs, about {by_chance:.0f} are expected by chance" if by_chance >= 1 else ""
    return [
        f"With {count(n, 'model')}{missing}, |ρ| ≥ {signed(bound)} is significant at the 5 % level. "
        f"This holds for one pair that is chosen beforehand{some}."
    ]


def _least_alike(matrix: Agreement) -> list[str]:
    of_factors = {name for name, metric in METRICS.items() if metric.needs in OF_FACTORS}
    pairs = [pair for pair in matrix.upper() if of_factors.issuperset(pair[1:])]
    if not pairs:
        return []
    rho, one, other = min(pairs)
    if len(pairs) == 1:
        return [f"The disentanglement metrics {one} and {other} have ρ = {signed(rho)}."]
    return [f"Of the disentanglement metrics, {one} and {other} agree least: ρ = {signed(rho)}."]


def _objectives(matrix: Agreement, names: Sequence[str]) -> list[str]:
    sentences = []
    for name in names:
        others = sorted(
            (rho, other if name == one else one) for rho, one, other in matrix.upper() if name in (one, other)
        )
        if len(others) == 1:
            sentences.append(f"{name} has ρ = {signed(others[0][0])} with {others[0][1]}.")
        elif others:
            (low, least), (high, most) = others[0], others[-1]
            sentences.append(f"{name} agrees most with {most} ({signed(high)}) and least with {least} ({signed(low)}).")
    return sentences


def _mixed(analysis: Analysis) -> list[str]:
    sentences = []
    if len(analysis.studies) > 1:
        sentences.append(
            f"The trials of all {len(analysis.studies)} studies are ranked together; they may differ in budget."
        )
    if analysis.complete["family"].nunique() > 1:
        sentences.append(
            "The families are ranked together, so a ρ can come from differences between them and not hold within one."
        )
    return sentences
