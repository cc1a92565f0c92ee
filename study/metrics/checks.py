"""Checks of the arrays that metrics are given: each failure is one sentence."""

import numpy as np


def check_codes(codes: np.ndarray, factors: np.ndarray) -> None:
    """`ValueError` unless `codes` is a finite (n, d) and `factors` an integer (n, K) array, with n, d, K at least 1."""
    check_matrix("codes", codes)
    check_array("factors", factors)
    if factors.ndim != 2 or factors.shape[0] != codes.shape[0] or factors.shape[1] == 0:
        raise ValueError(
            f"factors: one row for each row of codes {codes.shape} is needed, one column a factor; "
            f"received shape {factors.shape}"
        )
    if not np.issubdtype(factors.dtype, np.integer):
        raise ValueError(f"factors: classes are whole numbers; received {factors.dtype}")


def check_matrix(name: str, values: np.ndarray) -> None:
    """`ValueError` unless `values` is a finite (n, d) array of real numbers with n and d at least 1."""
    check_array(name, values)
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"{name}: a non-empty (n, d) array is needed; received shape {values.shape}")
    if values.dtype.kind not in "fiub":
        raise ValueError(f"{name}: real numbers are needed; received {values.dtype}")
    if not np.isfinite(values).all():
        bad = int((~np.isfinite(values)).any(axis=1).sum())
        raise ValueError(f"{name}: every value must be finite; {bad} of {len(values)} rows hold NaN or infinity")


def check_array(name: str, values: object) -> None:
    """`ValueError` unless `values` is a NumPy array."""
    if not isinstance(values, np.ndarray):
        kind = type(values).__name__
        raise ValueError(f"{name}: a NumPy array is needed, as np.asarray makes one; received an object of type {kind}")


def check_classes(factors: np.ndarray) -> None:
    """`ValueError` unless every column of `factors` (n, K) has at least two classes, and fewer classes than rows."""
    for column, values in enumerate(factors.T):
        classes = len(np.unique(values))
        if not 2 <= classes < len(values):
            raise ValueError(
                f"factors: every factor needs at least 2 classes and more rows than classes; "
                f"column {column} has {classes} in {len(values)} rows"
            )


def check_training_classes(factors: np.ndarray, training: np.ndarray) -> None:
    """`ValueError` if the rows `training` of `factors` (n, K) hold a single class of a factor."""
    for column, values in enumerate(factors.T):
        if len(np.unique(values[training])) < 2:
            raise ValueError(
                f"training: rows of at least 2 classes are needed; the {len(training)} training rows hold 1 of the "
                f"{len(np.unique(values))} classes in column {column} of factors"
            )
