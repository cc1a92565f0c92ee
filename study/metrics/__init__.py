"""Every metric that a trial can report: its direction, its unit, and what a dataset must offer for it.

The functions themselves are one file each in this folder; this list is what a search space may name as an objective.
"""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class Metric:
    """What is known of a metric before anything is computed. `needs` names the feature of a dataset it depends on."""

    direction: Direction
    unit: str
    description: str
    needs: str | None = None


METRICS: dict[str, Metric] = {
    "reconstruction": Metric("minimize", "nats per image", "Bernoulli cross-entropy, sampled code"),
    "reconstruction_mean": Metric("minimize", "nats per image", "Bernoulli cross-entropy, mean code"),
    "disentanglement": Metric(
        "maximize", "accuracy", "beta-VAE score on all factors, training accuracy", needs="factors"
    ),
    "disentanglement_heldout": Metric(
        "maximize", "accuracy", "beta-VAE score on all factors, fresh examples", needs="factors"
    ),
    "disentanglement_4": Metric(
        "maximize", "accuracy", "beta-VAE score without shape, training accuracy", needs="dsprites_factors"
    ),
    "disentanglement_4_heldout": Metric(
        "maximize", "accuracy", "beta-VAE score without shape, fresh examples", needs="dsprites_factors"
    ),
    "fid": Metric("minimize", "squared distance", "Fréchet distance on Inception features (pytorch-fid)", needs="fid"),
    "frechet_factors": Metric(
        "minimize",
        "squared distance",
        "Fréchet distance on features of a small classifier of the factors",
        needs="factor_classifier",
    ),
    "frechet_pca": Metric(
        "minimize", "squared distance", "Fréchet distance on principal components of the pixels", needs="pca"
    ),
    "mean_pixel_deviation": Metric(
        "minimize", "probability", "largest deviation of the mean-pixel CDF from the uniform one", needs="grey_levels"
    ),
}
