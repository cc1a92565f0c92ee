"""All that a model is measured by, from one pass of a part's images through its encoder and one set of samples.

Everything is computed in float32. No global random state is read or moved. Every metric
reads the one table of encoded images.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from study.data.dataset import Dataset
from study.evaluation import Size
from study.evaluation.disentanglement import Encoded, disentanglement_metrics, scored_factors
from study.evaluation.sizes import BATCH, SIZES, EvaluationPart, Sizes, draws, torch_seed
from study.features.spaces import FeatureSpace, compare, feature_spaces, setup
from study.metrics import OF_FACTORS, Metric, offered
from study.metrics.mean_pixel_deviation import mean_pixel_deviation
from study.models import AutoEncoder, bernoulli_nll, evaluating
from study.system.errors import Infeasible

ACTIVE_VARIANCE = 0.01
"""Variance of a dimension's mean code over images above which the dimension is active (Burda et al. 2016, eq. 10)."""

ROWS_OF_CODES = 10_000
"""Codes that `Metric.of_codes` is given, or all of a smaller table. The bias of estimated mutual information falls with
them, so that values compare only between equally many."""

IMAGES_OF_MODEL = 1_000
"""Images that `Metric.of_model` is given, or all of a smaller part."""

REPORTED_BATCH = 100
"""Images whose mean cross-entropy the authors' code logs as test reconstruction."""


def evaluate(
    model: AutoEncoder,
    dataset: Dataset,
    part: EvaluationPart,
    size: Size,
    device: torch.device | str,
    metrics: Collection[str] | None = None,
) -> dict[str, float]:
    """Metrics by their names in `study.metrics.METRICS`; what the dataset cannot have is absent.

    `metrics`: those that are wanted; by default all that are not costly. `model` is on `device`; its mode is put back.
    `Infeasible` if its codes or images are not finite, or if the images' factors cannot be scored.
    """
    device = torch.device(device)
    sizes = SIZES[size]
    wanted = _wanted(dataset, metrics)
    values: dict[str, float] = {}
    with evaluating(model), torch.inference_mode(), torch.autocast(device.type, enabled=False):
        decoded = any(name.startswith("reconstruction") for name in wanted)
        of_codes = {name: metric for name, metric in wanted.items() if metric.of_codes is not None}
        described = any(metric.always for metric in wanted.values())
        factors = any(metric.needs in OF_FACTORS for metric in wanted.values())
        if decoded or described or of_codes or factors:
            table = encode(model, dataset, part, sizes, device, decoded)
            values |= table.spread()
            if decoded:
                values |= table.reconstruction()
            values |= _of_codes(table.codes, {n: m for n, m in of_codes.items() if m.needs not in OF_FACTORS})
            if factors and dataset.factors is not None and table.factors is not None:
                known, names = scored_factors(table.factors, dataset.factors.names)
                values |= disentanglement_metrics(Encoded(table.codes, known, names, part, sizes), wanted)
                values |= _of_codes(table.codes, {n: m for n, m in of_codes.items() if m.needs in OF_FACTORS}, known)
        if "mean_pixel_deviation" in wanted:
            brightness = [
                images.mean(dim=(1, 2, 3)).cpu().numpy() for images in _samples(model, sizes.brightness, part, device)
            ]
            values["mean_pixel_deviation"] = mean_pixel_deviation(np.concatenate(brightness))
        values |= _of_model(model, dataset, part, device, wanted)
        for space in _spaces(dataset, size, device, wanted):
            samples = _samples(model, sizes.samples, part, device)
            values |= compare(space, samples, dataset, part, sizes.samples, device)
    return {name: float(values[name]) for name in wanted if name in values}


def _of_codes(codes: np.ndarray, metrics: Mapping[str, Metric], *factors: np.ndarray) -> dict[str, float]:
    """The metrics that are functions of codes, or of codes and factors."""
    arrays = [array[:ROWS_OF_CODES] for array in (codes, *factors)]
    return {name: float(metric.of_codes(*arrays)) for name, metric in metrics.items() if metric.of_codes is not None}


def _of_model(
    model: AutoEncoder, dataset: Dataset, part: EvaluationPart, device: torch.device, metrics: Mapping[str, Metric]
) -> dict[str, float]:
    """The metrics that are functions of a model and of images: the first `IMAGES_OF_MODEL` of the part."""
    wanted = {name: metric.of_model for name, metric in metrics.items() if metric.of_model is not None}
    if not wanted:
        return {}
    rows = draws(part, "images").permutation(dataset.split[part])[:IMAGES_OF_MODEL]
    images = dataset.images.batch(rows, device)
    return {name: float(function(model, images)) for name, function in wanted.items()}


def describe(
    dataset: Dataset,
    part: EvaluationPart,
    size: Size,
    device: torch.device | str,
    metrics: Collection[str] | None = None,
) -> dict[str, str]:
    """The reference that `evaluate` compares samples with, by the name of the Fréchet distance and `_setup`."""
    device = torch.device(device)
    spaces = _spaces(dataset, size, device, _wanted(dataset, metrics))
    return {f"{space.frechet}_setup": setup(space, dataset, part, SIZES[size].samples) for space in spaces}


def _wanted(dataset: Dataset, metrics: Collection[str] | None) -> dict[str, Metric]:
    possible = offered(dataset.offers)
    return {n: metric for n, metric in possible.items() if (not metric.costly if metrics is None else n in metrics)}


def _spaces(dataset: Dataset, size: Size, device: torch.device, wanted: Collection[str]) -> Iterator[FeatureSpace]:
    if SIZES[size].samples:
        for space in feature_spaces(dataset, device):
            if any(name == space.frechet or name.startswith(space.kernel) for name in wanted):
                yield space


def _samples(model: AutoEncoder, n: int, part: EvaluationPart, device: torch.device) -> Iterator[torch.Tensor]:
    """Decoder means of the same `n` draws of the prior at every call, `BATCH` at a time."""
    generator = torch.Generator(device).manual_seed(torch_seed(part, "samples"))
    for start in range(0, n, BATCH):
        images = model.sample(min(BATCH, n - start), generator)
        if not torch.isfinite(images).all():
            raise Infeasible("evaluation: the model's samples are not finite")
        yield images


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
    grey = "grey" in dataset.offers
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
