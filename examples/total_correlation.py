"""Total correlation of the mean codes, as if they were Gaussian: how much their dimensions say of one another.

Locatello et al. 2019 (https://arxiv.org/abs/1811.12359), section 5.2. With the covariance A of the codes,

    TC = ½ (Σ_i log A_ii - log det A)    in nats,

which is ½ Σ_i log A_ii - ½ log det A = -½ log det of the correlations. Range: 0, for uncorrelated dimensions, and up;
lower is better. Order, signs, scales and offsets of the dimensions do not matter. A dimension that does not vary at all
correlates with nothing and is left out.
"""

import numpy as np

from study.plugins import Metric


def total_correlation(codes: np.ndarray) -> float:
    """Of `codes` (n, d), n above d, in nats; infinite where a dimension is a linear function of others.

    `ValueError` if a value is not finite.
    """
    if not np.isfinite(codes).all():
        raise ValueError("codes: every value must be finite")
    varying = codes[:, codes.std(axis=0) > 0].astype(np.float64)
    if varying.shape[1] < 2:
        return 0.0
    sign, log_determinant = np.linalg.slogdet(np.corrcoef(varying, rowvar=False))
    return float(max(-0.5 * log_determinant, 0.0)) if sign > 0 else float("inf")


DESCRIPTION = "of the mean codes, as if Gaussian"
METRICS = {"total_correlation": Metric("minimize", "nats", DESCRIPTION, of_codes=total_correlation)}
