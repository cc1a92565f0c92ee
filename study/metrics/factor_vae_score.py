"""The FactorVAE score: accuracy of a vote on the factor that was held fixed, by the dimension that varies least.

Kim and Mnih 2018 (https://arxiv.org/abs/1802.05983), section 4, with the sizes of Locatello et al. 2019
(https://arxiv.org/abs/1811.12359). One vote: a factor k, drawn uniformly, and 64 images that share one value of k and
are random in all else. In each dimension, the variance of their 64 codes is divided by the variance of all codes; the
dimension d where this is least gives the vote (d, k). Of 10,000 votes each dimension learns the factor that it gets
most votes with; the score is how often that is right: on these votes, and on 5,000 fresh ones, which is what is usually
reported. Dimensions whose standard deviation over all images is below .05 have no vote: an encoder has switched
them off. Without any active dimension the score is 0.

Range: 0, or from 1/K (chance, K factors) to 1; higher is better. Order and signs of the dimensions do not matter, nor
do their scales and offsets as long as the same dimensions stay active.
Known flaw: a factor that is missing from the codes costs no more than its share of the votes, and less than that if
there are dimensions of noise. These win only where the missing factor is the fixed one, and so stand for it.
"""

import numpy as np

from study.metrics.checks import check_classes, check_codes
from study.metrics.splits import RowsByValue, Score

USED_DEVIATION = 0.05
"""Standard deviation from which a dimension counts as used, where a prior has 1."""

CHUNK = 2**20
"""Numbers gathered at once: 8 MB, which the sums over them then find in the cache's reach."""


def factor_vae_score(
    codes: np.ndarray,
    factors: np.ndarray,
    rng: np.random.Generator | int = 0,
    batch: int = 64,
    training: int = 10_000,
    heldout: int = 5_000,
) -> Score:
    """The score of a table of encoded images, from which the images of each vote are drawn, with replacement.

    Kim and Mnih 2018, section 4. 0, or from 1/K to 1.

    `codes` (n, d) are encoder means and `factors` (n, K) the images' factor classes. `batch` images give one vote;
    `training` votes decide what each dimension stands for, `heldout` others test it. `rng` is a generator, or a seed of
    one.

    `ValueError` if the arrays are empty, not finite or do not fit, if a factor has one class only or as many as there
    are rows, or if a size is too small.
    """
    check_codes(codes, factors)
    check_classes(factors)
    if batch < 2 or training < 1 or heldout < 1:
        raise ValueError(
            f"batch at least 2, training and heldout at least 1; received {batch}, {training} and {heldout}"
        )
    rng = np.random.default_rng(rng)
    deviation = codes.std(axis=0, ddof=1, dtype=np.float64)
    active = deviation >= USED_DEVIATION
    if not active.any():
        return Score(training=0.0, heldout=0.0)
    scaled = codes[:, active] / deviation[active]
    rows_by_value = [RowsByValue(values) for values in factors.T]
    votes = _votes(scaled, rows_by_value, rng, batch, training)
    fresh = _votes(scaled, rows_by_value, rng, batch, heldout)
    majority = votes.argmax(axis=0), np.arange(votes.shape[1])
    return Score(training=float(votes[majority].sum() / training), heldout=float(fresh[majority].sum() / heldout))


def _votes(
    codes: np.ndarray, rows_by_value: list[RowsByValue], rng: np.random.Generator, batch: int, votes: int
) -> np.ndarray:
    """How often each dimension varied least while each factor was fixed: counts (K, d)."""
    n, dim = codes.shape
    counts = np.zeros((len(rows_by_value), dim), dtype=np.int64)
    at_once = max(1, CHUNK // (batch * dim))
    for factor, total in enumerate(np.bincount(rng.integers(len(rows_by_value), size=votes))):
        for start in range(0, total, at_once):
            of_value = rng.integers(n, size=(min(at_once, total - start), 1))
            rows = rows_by_value[factor].draw_like(np.broadcast_to(of_value, (len(of_value), batch)), rng)
            least = codes[rows].var(axis=1).argmin(axis=1)
            counts[factor] += np.bincount(least, minlength=dim)
    return counts
