"""Explicitness: can a linear classifier read each factor from the whole code?

Ridgeway and Mozer 2018 (https://arxiv.org/abs/1802.05312), section 3, as Locatello et al. 2019
(https://arxiv.org/abs/1811.12359) compute it: logistic regression (scikit-learn's, with its default penalty) learns
each factor from 10,000 codes, standardised by their mean and standard deviation. For each class, the area under the ROC
curve of its probability against all other classes; the mean over a factor's classes, then over factors. On the rows of
the fit, and on 5,000 others, which is what is usually reported.

Range: .5 (chance) to 1; higher is better. Little below .5 is chance too. Order, signs, scales and offsets of the
dimensions do not matter; a rotation hardly does, for it leaves to a linear classifier all but the penalty.
"""

import warnings

import numpy as np

from study.metrics.splits import Score, learnable_split


def explicitness(
    codes: np.ndarray,
    factors: np.ndarray,
    rng: np.random.Generator | int = 0,
    training: int | None = None,
    heldout: int | None = None,
) -> Score:
    """Areas under the curve of `codes` (n, d) and `factors` (n, K), on rows drawn from these: about .5 to 1.

    Ridgeway and Mozer 2018, section 3.

    `rng` is a generator, or a seed of one. `training` and `heldout` rows are drawn: by default 10,000 and 5,000, or two
    thirds and one third of a smaller table.
    A class that no held-out row has is left out of the held-out mean: it has no curve there. So is a class that no
    training row has; its held-out rows belong to none of the others.

    `ValueError` if the arrays are empty, not finite or do not fit, if a factor has one class only or as many as there
    are rows, if there are fewer rows than `training` and `heldout`, or if the training or
    the held-out rows are all of one class.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    rows, fresh = learnable_split(codes, factors, training, heldout, np.random.default_rng(rng))
    learnt = codes[rows].astype(np.float64)
    centre, scale = learnt.mean(axis=0), learnt.std(axis=0)
    scale[np.ptp(learnt, axis=0) == 0] = 1  # a dimension that never varies stays at 0
    standardised = (learnt - centre) / scale
    fresh_standardised = (codes[fresh] - centre) / scale

    areas = []
    for column, classes in enumerate(factors.T):
        if len(np.unique(classes[fresh])) < 2:
            raise ValueError(
                f"heldout: rows of at least 2 classes are needed; column {column} of factors has 1 in {len(fresh)} rows"
            )
        classifier = LogisticRegression()
        with warnings.catch_warnings():
            # 15 to 81 of its 100 steps were enough for any codes tried, and none moved the score by .0001 after that
            warnings.simplefilter("ignore", ConvergenceWarning)
            classifier.fit(standardised, classes[rows])
        areas.append(
            [
                _area(classifier.predict_proba(standardised), classes[rows], classifier.classes_),
                _area(classifier.predict_proba(fresh_standardised), classes[fresh], classifier.classes_),
            ]
        )
    training_area, heldout_area = np.mean(areas, axis=0)
    return Score(training=float(training_area), heldout=float(heldout_area))


def _area(probabilities: np.ndarray, classes: np.ndarray, names: np.ndarray) -> float:
    """Mean area under the curves of the classes that are there; `probabilities` (n, len(names)), `classes` (n,)."""
    from sklearn.metrics import roc_auc_score

    is_class = classes[:, None] == names
    there = is_class.any(axis=0)
    return float(roc_auc_score(is_class[:, there], probabilities[:, there]))
