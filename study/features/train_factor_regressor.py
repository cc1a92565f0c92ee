"""`python -m study.features.train_factor_regressor`: the regressor whose features `frechet_factors` uses on faces.

Trained on the training part of `faces-12`, in which all twelve factors vary, with their squared errors; what it prints
at the end is the coefficient of determination R² of each factor on test images. For why images are not spoilt in
training, see `train_factor_classifier`.
"""

from functools import partial

import numpy as np
import torch
from torch import Tensor

from study.data import faces
from study.data.dataset import Dataset
from study.data.faces import FACTORS
from study.features.factor_regressor import WEIGHTS, FactorRegressor
from study.features.training import fit_network, run_command


def main() -> None:
    dataset, factors = faces.load("faces-12"), faces.factor_values(len(FACTORS))
    run_command(
        "train_factor_regressor",
        WEIGHTS,
        5_000,
        partial(train_regressor, dataset, factors),
        lambda n: r_squared(n, dataset, factors),
    )


def train_regressor(dataset: Dataset, factors: np.ndarray, steps: int) -> FactorRegressor:
    """A trained regressor, on the CPU; the same for the same images, their `factors` (n, 12), and steps."""

    def losses(outputs: Tensor, values: Tensor) -> dict[str, Tensor]:
        return dict(zip(FACTORS, (outputs - values).square().mean(dim=0), strict=True))

    return fit_network(
        FactorRegressor, dataset, lambda indices: torch.from_numpy(factors[indices]).float(), losses, steps
    )


@torch.inference_mode()
def r_squared(regressor: FactorRegressor, dataset: Dataset, factors: np.ndarray) -> dict[str, float]:
    """R² of each factor that varies, on test images: 1 - (mean squared error) / (variance)."""
    rows = dataset.split.test
    predicted = torch.cat([regressor(images) for images in dataset.images.batches(rows, 500)]).numpy()
    errors, variances = ((predicted - factors[rows]) ** 2).mean(axis=0), factors[rows].var(axis=0)
    return {name: 1 - error / var for name, error, var in zip(FACTORS, errors, variances, strict=True) if var > 0}


if __name__ == "__main__":
    main()
