"""The encoded images of a part: every image goes through the encoder once, and every metric reads this table."""

from dataclasses import dataclass

import numpy as np
import torch

from models import AutoEncoder, bernoulli_nll
from study.data import DATASETS
from study.data.dataset import Dataset
from study.evaluation.sizes import BATCH, EvaluationPart, Sizes, draws, torch_seed
from study.system.errors import Infeasible

ACTIVE_VARIANCE = 0.01
"""Variance of a dimension's mean code over images above which the dimension is active (Burda et al. 2016, eq. 10)."""

REPORTED_BATCH = 100
"""Images whose mean cross-entropy the authors' code logs as test reconstruction."""


@dataclass(frozen=True)
class EncodedImages:
    """Images in a random order: mean codes (n, d) and factor classes (n, K) of all, nats (m,) of the first m.

    `log_spread` (d,) is the mean over images of each dimension's log-spread; empty for a deterministic encoder.
    `sampled` and `mean` are the cross-entropies with a sampled and with the mean code; `floor` is the entropy of the
    grey levels themselves; empty for binary images, which have none.
    """

    codes: np.ndarray
    factors: np.ndarray | None
    log_spread: np.ndarray
    sampled: np.ndarray
    mean: np.ndarray
    floor: np.ndarray

    def spread(self) -> dict[str, float]:
        """How many dimensions say something of the image (Burda et al. 2016), and how their log-spreads lie."""
        values = {"active_units": float((self.codes.var(axis=0, dtype=np.float64) > ACTIVE_VARIANCE).sum())}
        if len(self.log_spread):
            quantiles = np.quantile(self.log_spread, [0, 0.25, 0.5, 0.75, 1])
            names = ("min", "q25", "median", "q75", "max")
            values |= {f"log_spread_{name}": float(q) for name, q in zip(names, quantiles, strict=True)}
        return values

    def reconstruction(self) -> dict[str, float]:
        return {
            "reconstruction": self.sampled.mean(),
            "reconstruction_mean": self.mean.mean(),
            "reconstruction_batch": self.sampled[:REPORTED_BATCH].mean(),
            "reconstruction_standard_error": self.sampled.std() / np.sqrt(len(self.sampled)),
            **({"reconstruction_floor": self.floor.mean()} if len(self.floor) else {}),
        }


def encode(
    model: AutoEncoder, dataset: Dataset, part: EvaluationPart, sizes: Sizes, device: torch.device, decoded: bool
) -> EncodedImages:
    """The table of `part`; without `decoded`, only its codes. `Infeasible` if a code or a reconstruction is not finite.

    `model` is in evaluation mode, and no gradients are asked for.
    """
    rows = draws(part, "images").permutation(dataset.split[part])[: sizes.encoded]
    generator = torch.Generator(device).manual_seed(torch_seed(part, "codes"))
    grey = "grey" in DATASETS[dataset.name].offers
    codes, spreads, sampled, mean, floor = [], [], [], [], []
    for batch, images in enumerate(dataset.images.batches(rows, BATCH, device)):
        code = model.encode(images)
        codes.append(code.mean)
        if code.log_spread is not None:
            spreads.append(code.log_spread)
        if decoded and batch * BATCH < sizes.reconstructed:
            mean.append(bernoulli_nll(model.decode(code.mean), images))
            if code.log_spread is None:
                sampled.append(mean[-1])
            else:
                sampled.append(bernoulli_nll(model.decode(model.sample_code(code, generator)), images))
            if grey:
                floor.append((torch.special.entr(images) + torch.special.entr(1 - images)).flatten(1).sum(dim=1))
    return EncodedImages(
        codes=_finite("codes", codes),
        factors=None if dataset.factors is None else dataset.factors.values(rows),
        log_spread=_finite("log-spreads", spreads).mean(axis=0, dtype=np.float64) if spreads else np.zeros(0),
        sampled=_finite("reconstructions", sampled).astype(np.float64),
        mean=_finite("reconstructions", mean).astype(np.float64),
        floor=_finite("images", floor).astype(np.float64),
    )


def _finite(what: str, parts: list[torch.Tensor]) -> np.ndarray:
    if not parts:
        return np.zeros(0)
    values = torch.cat(parts)
    if not torch.isfinite(values).all():
        raise Infeasible(f"evaluation: the model's {what} are not finite")
    array: np.ndarray = values.cpu().numpy()
    return array
