"""Modularity: does each dimension of the code have information on one factor only?

Ridgeway and Mozer 2018 (https://arxiv.org/abs/1802.05312), equation 2, on codes in 20 bins as Locatello et al. 2019
(https://arxiv.org/abs/1811.12359) compute it. With I(i, k) the mutual information of dimension i and factor k, of K
factors, and I(i) the largest of them,

    modularity = mean over dimensions i of 1 - [Σ_k I(i, k)² - I(i)²] / [(K - 1) I(i)²],   0 where I(i) = 0

Range: 0 to 1; higher is better. It says nothing of a factor that is missing, and nothing against one that is in several
dimensions. A dead dimension counts as 0 in the mean; one of noise counts as whatever its estimated informations happen
to be, though they are all but 0. Order, signs, scales and offsets of the dimensions do not matter; curved maps do.
"""

import numpy as np

from study.metrics.checks import check_classes, check_codes
from study.metrics.mutual_information import BINS, mutual_information


def modularity(codes: np.ndarray, factors: np.ndarray, bins: int = BINS) -> float:
    """The modularity of `codes` (n, d) and `factors` (n, K), from all rows: 0 to 1.

    Ridgeway and Mozer 2018, equation 2. `bins` of equal width cut each dimension.

    `ValueError` if the arrays are empty, not finite or do not fit, if there are fewer than two factors, or if one of
    them has one class only or as many as there are rows.
    """
    check_codes(codes, factors)
    check_classes(factors)
    if factors.shape[1] < 2:
        raise ValueError("factors: at least 2 columns are needed, of which a dimension could tell one; received 1")
    squared = mutual_information(codes, factors, bins) ** 2
    largest = squared.max(axis=1)
    others = squared.sum(axis=1) - largest
    informed = largest > 0
    return float((1 - others[informed] / (factors.shape[1] - 1) / largest[informed]).sum() / len(squared))
