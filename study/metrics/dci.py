"""DCI: disentanglement, completeness and informativeness, from what gradient-boosted trees make of the codes.

Eastwood and Williams 2018 (https://openreview.net/forum?id=By-7dz-AZ), section 2, with the predictors of Locatello et
al. 2019 (https://arxiv.org/abs/1811.12359): scikit-learn's GradientBoostingClassifier learns each factor k from all
dimensions, on 10,000 rows. R(i, k) is the importance that it gives to dimension i, and

    disentanglement = Σ_i share of row i in R    · (1 - entropy of row i, with the number of factors as base)
    completeness    = Σ_k share of column k in R · (1 - entropy of column k, with the number of dimensions as base)
    informativeness = mean over factors of the accuracy on 5,000 other rows

Range: 0 to 1 each; higher is better. Disentanglement is 1 if no dimension serves two factors, completeness if no factor
takes two dimensions. Order and signs of the dimensions do not matter, nor any strictly monotone map of one: trees see
the order of values only (but cut half-way between two of them, so an accuracy may move in the third decimal).
With one dimension completeness has an entropy of base 1, so it is not defined: any code, noise included, would be
complete. Here it is 0.
100 trees for each of dSprites' 113 classes take minutes; `trees` may be fewer, each with a higher `learning_rate`.
"""

from dataclasses import dataclass

import numpy as np

from study.metrics.checks import check_matrix
from study.metrics.splits import learnable_split


@dataclass(frozen=True)
class Dci:
    """The three of them, each in [0, 1]."""

    disentanglement: float
    completeness: float
    informativeness: float


def dci(
    codes: np.ndarray,
    factors: np.ndarray,
    rng: np.random.Generator | int = 0,
    training: int | None = None,
    heldout: int | None = None,
    trees: int = 100,
    learning_rate: float = 0.1,
) -> Dci:
    """DCI of `codes` (n, d) and `factors` (n, K), on rows drawn from these, with `trees` boosting steps per class.

    Each of the three is from 0 to 1. Eastwood and Williams 2018, section 2.

    `rng` is a generator, or a seed of one. `training` and `heldout` rows are drawn: by default 10,000 and 5,000, or two
    thirds and one third of a smaller table. With the defaults this takes minutes.

    `ValueError` if the arrays are empty, not finite or do not fit, if a factor has one class only or as many as there
    are rows, if there are fewer rows than `training` and `heldout`, or if the training rows are all of one class.
    """
    from sklearn.ensemble import GradientBoostingClassifier

    rng = np.random.default_rng(rng)
    rows, fresh = learnable_split(codes, factors, training, heldout, rng)
    importance = np.empty((codes.shape[1], factors.shape[1]))
    accuracy = np.empty(factors.shape[1])
    for factor, classes in enumerate(factors.T):
        seed = int(rng.integers(2**32))  # decides between dimensions that are equally good
        classifier = GradientBoostingClassifier(n_estimators=trees, learning_rate=learning_rate, random_state=seed)
        classifier.fit(codes[rows], classes[rows])
        importance[:, factor] = np.maximum(classifier.feature_importances_, 0)  # rounding may leave -1e-18
        accuracy[factor] = classifier.score(codes[fresh], classes[fresh])
    return Dci(
        disentanglement=disentanglement(importance),
        completeness=completeness(importance),
        informativeness=float(accuracy.mean()),
    )


def disentanglement(importance: np.ndarray) -> float:
    """How far each row of an importance matrix (d, K) has one entry only, 0 to 1; 0 if nothing has any importance.

    With a single factor it is 1, as no row can have a second. `ValueError` if an entry is negative or not finite.
    """
    check_matrix("importance", importance)
    if (importance < 0).any():
        raise ValueError(f"importance: no entry may be negative; received {importance.min():g}")
    total = importance.sum()
    if total == 0:
        return 0.0
    n_others = importance.shape[1]
    if n_others == 1:
        return 1.0
    used = importance[importance.sum(axis=1) > 0]
    share = used / used.sum(axis=1, keepdims=True)
    log = np.log(share, out=np.zeros_like(share), where=share > 0)
    entropy = -(share * log).sum(axis=1) / np.log(n_others)
    return float((used.sum(axis=1) / total) @ (1 - entropy))


def completeness(importance: np.ndarray) -> float:
    """How far each column of an importance matrix (d, K) has one entry only: the disentanglement of its transpose.

    It is 0 if d is 1. `ValueError` if an entry is negative or not finite.
    """
    found = disentanglement(importance.T)
    return found if len(importance) > 1 else 0.0
