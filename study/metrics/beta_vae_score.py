"""The beta-VAE score: accuracy of a linear classifier of the factor that two images share, from their codes.

Higgins et al. 2017 (https://openreview.net/forum?id=Sy2fzU9gl), as the code of "On the Latent Space of Wasserstein
Auto-Encoders" computes it. One example: one factor y, drawn uniformly from those that may be fixed, and 30 pairs of
images. The first image of a pair is any, the second any that has the first's value of y. The example's feature is
the mean over its pairs of |code - code'|, dimension by dimension. A linear classifier with softmax is fitted to predict
y from the feature of 5000 examples; the score is its accuracy on these same 5000. `heldout` is its accuracy on fresh
examples, which the paper does not report.

The classifier is fitted to the optimum of this convex problem (`Optimum`), or as the paper did (`Adagrad`: 100,000
steps towards it). The two differ by points: scores of one do not compare with those of the other.

Range: 1/len(fixed) (chance) to 1; higher is better. Signs, order and scales of the code's dimensions do not matter.
Known flaw (Kim and Mnih 2018): a code that ignores one of the factors can still score 1, because "none of the other
dimensions is still" identifies the ignored one.
"""

from collections.abc import Sequence

import numpy as np

from study.metrics.checks import check_codes
from study.metrics.softmax import Classifier, Optimum
from study.metrics.splits import RowsByValue, Score

OPTIMUM = Optimum()

CHUNK = 2**21
"""Numbers gathered at once: 16 MB, so that wide codes do not fill the memory."""


def beta_vae_score(
    codes: np.ndarray,
    factors: np.ndarray,
    fixed: Sequence[int] | None = None,
    rng: np.random.Generator | int = 0,
    pairs: int = 30,
    examples: int = 5000,
    classifier: Classifier = OPTIMUM,
) -> Score:
    """The score of a table of encoded images, from which the pairs are drawn: 1/len(fixed) to 1.

    Higgins et al. 2017.

    `codes` (n, d) are encoder means and `factors` (n, K) the images' factor classes; the n images are all of a data set
    or a random part of it. `fixed` are the columns of `factors` that may be the fixed factor, by default all; others
    always vary freely. `rng` is a generator, or a seed of one. `examples` is the number of training examples, and of
    fresh ones: for one `rng` the same, whichever the classifier. Of several restarts, the score is the mean.

    `ValueError` if the arrays are empty, not finite or do not fit, if `fixed` is not at least two different columns, or
    if `examples` are so few that one of them was never drawn.
    """
    check_codes(codes, factors)
    n_factors = factors.shape[1]
    fixed = list(range(n_factors) if fixed is None else fixed)
    if len(fixed) < 2 or len(set(fixed)) < len(fixed) or not all(0 <= column < n_factors for column in fixed):
        raise ValueError(f"fixed: at least two different columns from 0 to {n_factors - 1}; received {fixed}")
    if pairs < 1:
        raise ValueError(f"pairs: at least 1; received {pairs}")

    rng = np.random.default_rng(rng)
    if codes.dtype.kind != "f":
        codes = codes.astype(np.float64)  # differences of unsigned integers would wrap around
    rows_by_value = [RowsByValue(factors[:, column]) for column in fixed]
    features, labels = _examples(codes, rows_by_value, rng, pairs, examples)
    if len(np.unique(labels)) < len(fixed):
        raise ValueError(f"examples: enough to draw each of {len(fixed)} factors at least once; received {examples}")
    fresh_features, fresh_labels = _examples(codes, rows_by_value, rng, pairs, examples)

    predictors = classifier.fit(features, labels, len(fixed), rng)
    runs = tuple(float(np.mean(predict(features) == labels)) for predict in predictors)
    return Score(
        training=float(np.mean(runs)),
        heldout=float(np.mean([predict(fresh_features) == fresh_labels for predict in predictors])),
        runs=runs if len(runs) > 1 else (),
    )


def _examples(
    codes: np.ndarray, rows_by_value: list[RowsByValue], rng: np.random.Generator, pairs: int, examples: int
) -> tuple[np.ndarray, np.ndarray]:
    """Features (examples, d), and labels (examples,) that index `rows_by_value`."""
    n, dim = codes.shape
    labels = rng.integers(len(rows_by_value), size=examples)
    features = np.empty((examples, dim))
    at_once = max(1, CHUNK // (pairs * dim))
    for label, rows in enumerate(rows_by_value):
        members = np.flatnonzero(labels == label)
        for start in range(0, len(members), at_once):
            chunk = members[start : start + at_once]
            first = rng.integers(n, size=(len(chunk), pairs))
            second = rows.draw_like(first, rng)
            features[chunk] = np.abs(codes[first] - codes[second]).mean(axis=1, dtype=np.float64)
    return features, labels
