"""All that a model is measured by, from one pass of a part's images through its encoder and one set of samples.

Everything is computed in float32. No global random state is read or moved.
"""

from collections.abc import Collection, Iterator

import numpy as np
import torch

from models import AutoEncoder, evaluating
from study.data import DATASETS
from study.data.dataset import Dataset
from study.evaluation import Size
from study.evaluation.disentanglement import ROWS_OF_CODES, Encoded, disentanglement_metrics
from study.evaluation.sizes import BATCH, SIZES, EvaluationPart, torch_seed
from study.evaluation.table import encode
from study.features.spaces import FeatureSpace, compare, feature_spaces, setup
from study.metrics import Metric, offered
from study.metrics.mean_pixel_deviation import mean_pixel_deviation
from study.system.errors import Infeasible


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
    `Infeasible` if its codes or images are not finite.
    """
    device = torch.device(device)
    sizes = SIZES[size]
    wanted = _wanted(dataset, metrics)
    values: dict[str, float] = {}
    with evaluating(model), torch.inference_mode(), torch.autocast(device.type, enabled=False):
        decoded = any(name.startswith("reconstruction") for name in wanted)
        of_codes = {name: m.of_codes for name, m in wanted.items() if m.of_codes is not None and m.needs is None}
        described = any(metric.always for metric in wanted.values())
        factors = any(metric.needs in ("factors", "dsprites_factors") for metric in wanted.values())
        if decoded or described or of_codes or factors:
            table = encode(model, dataset, part, sizes, device, decoded)
            values |= table.spread()
            if decoded:
                values |= table.reconstruction()
            values |= {name: function(table.codes[:ROWS_OF_CODES]) for name, function in of_codes.items()}
            if dataset.factors is not None and table.factors is not None:
                values |= disentanglement_metrics(
                    Encoded(table.codes, table.factors, dataset.factors.names, part, sizes), wanted
                )
        if "mean_pixel_deviation" in wanted:
            brightness = [
                images.mean(dim=(1, 2, 3)).cpu().numpy() for images in _samples(model, sizes.brightness, part, device)
            ]
            values["mean_pixel_deviation"] = mean_pixel_deviation(np.concatenate(brightness))
        for space in _spaces(dataset, size, device, wanted):
            samples = _samples(model, sizes.samples, part, device)
            values |= compare(space, samples, dataset, part, sizes.samples, device)
    return {name: float(values[name]) for name in wanted if name in values}


def describe(
    dataset: Dataset,
    part: EvaluationPart,
    size: Size,
    device: torch.device | str,
    metrics: Collection[str] | None = None,
) -> dict[str, str]:
    """What `evaluate` compares samples with, by the name of the Fréchet distance and `_setup`: for the records."""
    device = torch.device(device)
    spaces = _spaces(dataset, size, device, _wanted(dataset, metrics))
    return {f"{space.frechet}_setup": setup(space, dataset, part, SIZES[size].samples) for space in spaces}


def _wanted(dataset: Dataset, metrics: Collection[str] | None) -> dict[str, Metric]:
    possible = offered(DATASETS[dataset.name].offers)
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
