"""SAP, separated attribute predictability: is each factor predicted by one dimension much better than by any other?

Kumar et al. 2018 (https://arxiv.org/abs/1711.00848), section 3, for classes, with the settings of Locatello et al. 2019
(https://arxiv.org/abs/1811.12359): from each single dimension a linear support vector machine (squared hinge loss,
C = .01, balanced classes, one class against the rest) learns each factor from 10,000 rows; its accuracy on 5,000 others
is that pair's predictability.

    SAP = mean over factors of (best accuracy - second-best accuracy)

Range: 0 to 1; higher is better. A line of one dimension separates few classes: codes equal to a factor of many ordered
classes predict only some of them (two of dSprites' 32 positions), so even such codes score low. Order and signs of the
dimensions do not matter. Scales, offsets and curved maps do: the penalty C also holds the intercept.

Codes of one dimension have no second-best accuracy, so SAP is not defined for them. Here it is 0. Their best accuracy
alone would be .11 for noise (chance), more than most codes of several dimensions have.

C weighs a sum over rows against the penalty. For other numbers of rows than 10,000 it is changed in inverse proportion,
so that the same problem is solved and a smaller size estimates the same score.
"""

import warnings

import numpy as np

from study.metrics.splits import learnable_split

C = 0.01
REFERENCE_ROWS = 10_000
"""The reference's weight of the loss, and the number of rows that it sums over there."""


def sap(
    codes: np.ndarray,
    factors: np.ndarray,
    rng: np.random.Generator | int = 0,
    training: int | None = None,
    heldout: int | None = None,
    c: float | None = None,
) -> float:
    """The gap of `codes` (n, d) and `factors` (n, K), on rows drawn from these: 0 to 1; 0 if d is 1. Kumar et al. 2018.

    `rng` is a generator, or a seed of one. `training` and `heldout` rows are drawn: by default 10,000 and 5,000, or two
    thirds and one third of a smaller table.
    `c` weighs the loss of one row: by default .01 × 10,000 / `training`. disentanglement_lib has .01 for any number.

    `ValueError` if the arrays are empty, not finite or do not fit, if a factor has one class only or as many as there
    are rows, if there are fewer rows than `training` and `heldout`, or if the training rows are all of one class.
    """
    rows, fresh = learnable_split(codes, factors, training, heldout, np.random.default_rng(rng))
    if codes.shape[1] == 1:
        return 0.0
    c = C * REFERENCE_ROWS / len(rows) if c is None else c
    accuracies = predictability(codes[rows], factors[rows], codes[fresh], factors[fresh], c)
    second, best = np.sort(accuracies, axis=0)[-2:]
    return float((best - second).mean())


def predictability(
    codes: np.ndarray, factors: np.ndarray, fresh_codes: np.ndarray, fresh_factors: np.ndarray, c: float = C
) -> np.ndarray:
    """Accuracy on the fresh rows of each factor predicted from each single dimension, (d, K); `c` weighs the loss."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    accuracies = np.empty((codes.shape[1], factors.shape[1]))
    # With a single feature the primal problem has two unknowns per class: some .02 s for 40 classes and 10,000 rows.
    # The seed changes no result; without one, scikit-learn draws one from NumPy's global state at every fit.
    classifier = LinearSVC(C=c, class_weight="balanced", dual=False, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # its best so far is what is scored
        for dimension in range(codes.shape[1]):
            for factor in range(factors.shape[1]):
                classifier.fit(codes[:, [dimension]], factors[:, factor])
                predicted = classifier.predict(fresh_codes[:, [dimension]])
                accuracies[dimension, factor] = (predicted == fresh_factors[:, factor]).mean()
    return accuracies
