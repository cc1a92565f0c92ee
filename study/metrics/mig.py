"""The mutual information gap (MIG): is each factor in one dimension of the code, and in no second one?

Chen et al. 2018 (https://arxiv.org/abs/1802.04942), equation 6, on codes in 20 bins as Locatello et al. 2019
(https://arxiv.org/abs/1811.12359) compute it:

    MIG = mean over factors k of [I(best code; k) - I(second-best code; k)] / H(k)

Range: 0 to 1; higher is better. 20 bins cannot distinguish 32 or 40 values, so codes equal to the factors give less
than 1: .90 for the five factors of dSprites. Order, signs, scales and offsets of the dimensions do not matter, nor do
the labels of the classes. A curved, even monotone, map of a dimension does matter, because the bins have equal width.
Codes that hold a factor twice have no gap. Codes of one dimension have no second-best one, so the metric is not defined
for them; here their score is 0. Locatello et al. use 10,000 rows; fewer bring more of the estimate's bias.
"""

import numpy as np

from study.metrics.checks import check_classes, check_codes
from study.metrics.mutual_information import BINS, entropies, mutual_information


def mig(codes: np.ndarray, factors: np.ndarray, bins: int = BINS) -> float:
    """The gap of `codes` (n, d) and `factors` (n, K), from all rows: 0 to 1; 0 if d is 1. Chen et al. 2018, equation 6.

    `bins` of equal width cut each dimension.

    `ValueError` if the arrays are empty, not finite or do not fit, or if a factor has one class only or as many as
    there are rows.
    """
    check_codes(codes, factors)
    check_classes(factors)
    if codes.shape[1] == 1:
        return 0.0
    information = mutual_information(codes, factors, bins)
    second, best = np.sort(information, axis=0)[-2:]
    return float(((best - second) / entropies(factors)).mean())
