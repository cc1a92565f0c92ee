"""Hoyer's sparsity (Hurley and Rickard 2009): 0 if all dimensions are equally large, 1 if one has everything."""

import numpy as np

from study.plugins import Metric


def sparsity(codes):
    """Of mean codes (n, d), each dimension in units of its spread: the mean over images, as in Mathieu et al. 2019."""
    scaled = codes / np.maximum(codes.std(axis=0), 1e-9)
    d = codes.shape[1]
    ratio = np.abs(scaled).sum(axis=1) / np.linalg.norm(scaled, axis=1)
    return float(np.mean((np.sqrt(d) - ratio) / (np.sqrt(d) - 1)))


METRICS = {"sparsity": Metric("maximize", "", "Hoyer's sparsity of the mean codes", of_codes=sparsity)}
