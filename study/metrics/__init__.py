"""The metrics as functions of arrays, and the list of those that a trial can report.

`from study.metrics import mig, dci` gives the functions. They need NumPy, SciPy and scikit-learn; the last two are
imported when a function that uses them is called. Definitions, sizes and known answers are in `docs/metrics.md`.

The functions are one file each in this folder, and most have the name of their file: `study.metrics.mig` is the
function, and `from study.metrics.mig import mig` the same. All files are imported here, so that this always holds.

`METRICS` is what a search space may name: directions, units, and what a dataset must offer. A metric that is a function
of codes alone, or of codes and factors, stands there with its function. Those that want more (draws, other sizes,
decoded images) are called in `study.evaluation`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from study.metrics.beta_vae_score import beta_vae_score
from study.metrics.dci import Dci, dci
from study.metrics.explicitness import explicitness
from study.metrics.factor_vae_score import factor_vae_score
from study.metrics.frechet import FittedGaussian, accumulate, frechet_distance
from study.metrics.kernel_distance import Estimate, kernel_distance
from study.metrics.mean_pixel_deviation import mean_pixel_deviation
from study.metrics.mig import mig
from study.metrics.modularity import modularity
from study.metrics.mutual_information import mutual_information
from study.metrics.sap import sap
from study.metrics.softmax import Adagrad, Optimum, Penalised
from study.metrics.splits import Score

__all__ = [
    "METRICS",
    "Adagrad",
    "Dci",
    "Direction",
    "Estimate",
    "FittedGaussian",
    "Metric",
    "Optimum",
    "Penalised",
    "Score",
    "accumulate",
    "beta_vae_score",
    "dci",
    "explicitness",
    "factor_vae_score",
    "frechet_distance",
    "kernel_distance",
    "mean_pixel_deviation",
    "mig",
    "modularity",
    "mutual_information",
    "offered",
    "sap",
]

Direction = Literal["minimize", "maximize"]

OF_FACTORS = ("factors", "dsprites_factors", "factor_grid")
"""What a metric of codes and factors needs of a dataset."""


@dataclass(frozen=True)
class Metric:
    """The description of a metric. `needs` names the feature of a dataset it depends on."""

    direction: Direction | None
    """None for what only describes another metric (its standard error, its floor): that is no objective."""

    unit: str
    description: str
    needs: str | None = None
    costly: bool = False
    """Computed only where it is asked for by name."""

    always: bool = False
    """Computed whatever is asked for: what every study should be able to look up."""

    of_codes: Callable[..., float] | None = None
    """Its function of mean codes (n, d) and, if it `needs` factors, their classes (n, K), where it takes no more."""

    of_model: Callable[..., float] | None = None
    """Its function of a trained model and of images (n, C, H, W), a tensor on the model's device."""


METRICS: dict[str, Metric] = {
    "reconstruction": Metric("minimize", "nats per image", "Bernoulli cross-entropy, sampled code"),
    "reconstruction_mean": Metric("minimize", "nats per image", "Bernoulli cross-entropy, mean code"),
    "reconstruction_batch": Metric(
        "minimize", "nats per image", "Bernoulli cross-entropy, sampled code, one batch of 100 images as in the paper"
    ),
    "reconstruction_standard_error": Metric(None, "nats per image", "standard error of `reconstruction` over images"),
    "reconstruction_floor": Metric(
        None,
        "nats per image",
        "entropy of the images' own grey levels, below which no reconstruction gets",
        needs="grey",
    ),
    "active_units": Metric(
        None, "dimensions", "latent dimensions whose mean code varies by more than .01 between images", always=True
    ),
    **{
        f"log_spread_{name}": Metric(
            None, "", f"{words} over latent dimensions of the encoder's mean log-spread", always=True
        )
        for name, words in (
            ("min", "the least"),
            ("q25", "the lower quartile"),
            ("median", "the median"),
            ("q75", "the upper quartile"),
            ("max", "the largest"),
        )
    },
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
    **{
        f"{name}_adagrad{suffix}": Metric(
            "maximize", "accuracy", f"the same as {name}{suffix}, fitted as in the paper", needs=needs, costly=True
        )
        for name, needs in (("disentanglement", "factors"), ("disentanglement_4", "dsprites_factors"))
        for suffix in ("", "_heldout")
    },
    **{
        f"{name}_adagrad_run{run}": Metric(
            None, "accuracy", f"that of restart {run} of {name}_adagrad", needs=needs, costly=True
        )
        for name, needs in (("disentanglement", "factors"), ("disentanglement_4", "dsprites_factors"))
        for run in (1, 2, 3)
    },
    "factor_vae": Metric("maximize", "accuracy", "FactorVAE score, fresh votes", needs="factors"),
    "mig": Metric("maximize", "", "mutual information gap", needs="factors", of_codes=mig),
    "sap": Metric("maximize", "", "separated attribute predictability", needs="factors"),
    "dci_disentanglement": Metric("maximize", "", "DCI: each code dimension captures one factor", needs="factors"),
    "dci_completeness": Metric("maximize", "", "DCI: each factor is captured by one code dimension", needs="factors"),
    "dci_informativeness": Metric(
        "maximize", "accuracy", "DCI: accuracy of factors predicted from codes", needs="factors"
    ),
    "modularity": Metric(
        "maximize", "", "each code dimension depends on one factor", needs="factors", of_codes=modularity
    ),
    "explicitness": Metric(
        "maximize", "ROC-AUC", "factors predicted from codes by a linear classifier", needs="factors"
    ),
    "fid": Metric("minimize", "squared distance", "Fréchet distance on Inception features (pytorch-fid)", needs="fid"),
    "kid": Metric("minimize", "squared distance", "kernel distance on Inception features, unbiased", needs="fid"),
    "kid_standard_error": Metric(None, "squared distance", "standard error of `kid`", needs="fid"),
    "frechet_factors": Metric(
        "minimize",
        "squared distance",
        "Fréchet distance on features of a small network that predicts the dataset's factors",
        needs="factor_network",
    ),
    "kernel_factors": Metric(
        "minimize", "squared distance", "kernel distance on the same features, unbiased", needs="factor_network"
    ),
    "kernel_factors_standard_error": Metric(
        None, "squared distance", "standard error of `kernel_factors`", needs="factor_network"
    ),
    "frechet_pca": Metric(
        "minimize", "squared distance", "Fréchet distance on principal components of the pixels", needs="pca"
    ),
    "kernel_pca": Metric(
        "minimize", "squared distance", "kernel distance on the same components, unbiased", needs="pca"
    ),
    "kernel_pca_standard_error": Metric(None, "squared distance", "standard error of `kernel_pca`", needs="pca"),
    "mean_pixel_deviation": Metric(
        "minimize", "probability", "largest deviation of the mean-pixel CDF from the uniform one", needs="grey_levels"
    ),
}


def offered(offers: Collection[str]) -> dict[str, Metric]:
    """The metrics of a dataset that offers these features."""
    return {name: metric for name, metric in METRICS.items() if metric.needs is None or metric.needs in offers}
