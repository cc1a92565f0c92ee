"""What a trial reports of its model: every metric that its dataset offers, from one set of images and of draws.

Search sees validation images and their draws, the report test images and others. For one part, the images and all
random draws are the same for all trials (they come from constants and the part's name), so that two trials differ by
their models alone. Each part's images are encoded once, and every metric that needs codes reads that table.

Everything is computed in float32. No global random state is read or moved.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from models import AutoEncoder, bernoulli_nll
from study.data import DATASETS
from study.data.dataset import Dataset
from study.errors import Infeasible
from study.feature_spaces import compare, feature_spaces
from study.metrics.beta_vae_score import beta_vae_score
from study.metrics.mean_pixel_deviation import mean_pixel_deviation

EvaluationPart = Literal["validation", "test"]
Size = Literal["reduced", "standard", "full"]
"""While training; of an ended trial; on request, for a model that is worth minutes."""

BATCH = 500
"""Images at once. Which noise meets which image depends on it: another value is another set of draws."""

_PARTS: dict[EvaluationPart, int] = {"validation": 1, "test": 2}
_PURPOSES = {"images": 0, "codes": 1, "disentanglement": 2, "disentanglement_4": 3, "samples": 4}
"""Independent streams of draws. As with the parts, the numbers are part of every result: they must not change."""


@dataclass(frozen=True)
class Sizes:
    """How much of everything. Where a part has fewer images, all of them."""

    encoded: int
    """Images of the part in the table of codes, a random subset: pairs with a shared factor are drawn from them."""

    reconstructed: int
    """The first of these, in a random order, that are also decoded. A multiple of `BATCH`."""

    examples: int
    """Of the beta-VAE score: this many for training, and as many fresh ones."""

    samples: int
    """Decoded draws of the prior that are compared with real images; 0 leaves these distances out."""

    brightness: int
    """Decoded draws of the prior whose mean pixel value is taken."""


# The table's size does not show in the score. Of one WAE's test images (1,000 training steps; mean and standard
# deviation of 12 drawings): .650 ± .008 from 5,000 images, .650 ± .005 from 20,000, .650 ± .004 from all 73,728. Fewer
# examples do: 2,000 give .662, because the classifier is scored on what it was fitted to.
SIZES: dict[Size, Sizes] = {
    "reduced": Sizes(encoded=5_000, reconstructed=2_000, examples=5_000, samples=0, brightness=10_000),
    "standard": Sizes(encoded=20_000, reconstructed=10_000, examples=5_000, samples=10_000, brightness=100_000),
    "full": Sizes(encoded=10**9, reconstructed=10**9, examples=5_000, samples=10_000, brightness=100_000),
}


def evaluate(
    model: AutoEncoder,
    dataset: Dataset,
    part: EvaluationPart,
    size: Size,
    device: torch.device | str,
    metrics: Collection[str] | None = None,
) -> dict[str, float]:
    """Metrics by their names in `study.metrics.METRICS`, all finite; what the dataset cannot have is absent.

    `metrics`: those that are wanted, all by default. `model` is on `device`; its mode is put back. `Infeasible` if its
    codes or images are not finite.
    """
    device = torch.device(device)
    offers = DATASETS[dataset.name].offers
    sizes = SIZES[size]
    with _evaluating(model), torch.inference_mode(), torch.autocast(device.type, enabled=False):
        table = _encode(model, dataset, part, sizes, device)
        values = {"reconstruction": table.sampled.mean(), "reconstruction_mean": table.mean.mean()}
        if dataset.factors is not None:
            values |= _disentanglement(table, dataset.factors.names, part, sizes, "dsprites_factors" in offers)
        if "grey_levels" in offers:
            brightness = [
                images.mean(dim=(1, 2, 3)).cpu().numpy() for images in _samples(model, sizes.brightness, part, device)
            ]
            values["mean_pixel_deviation"] = mean_pixel_deviation(np.concatenate(brightness))
        if sizes.samples:
            for space in feature_spaces(dataset, device):
                samples = _samples(model, sizes.samples, part, device)
                values |= compare(space, samples, dataset, part, sizes.samples, device)
    return {name: float(value) for name, value in values.items() if metrics is None or name in metrics}


@dataclass(frozen=True)
class _Table:
    """The encoded images of a part: mean codes (n, d), factor classes (n, K), nats (m,) of the first m images."""

    codes: np.ndarray
    factors: np.ndarray | None
    sampled: np.ndarray
    mean: np.ndarray


def _encode(model: AutoEncoder, dataset: Dataset, part: EvaluationPart, sizes: Sizes, device: torch.device) -> _Table:
    rows = np.random.default_rng(_seed(part, "images")).permutation(dataset.split[part])[: sizes.encoded]
    generator = torch.Generator(device).manual_seed(_torch_seed(part, "codes"))
    codes, sampled, mean = [], [], []
    for batch, images in enumerate(dataset.images.batches(rows, BATCH, device)):
        code = model.encode(images)
        codes.append(code.mean)
        if batch * BATCH < sizes.reconstructed:
            mean.append(bernoulli_nll(model.decode(code.mean), images))
            if code.log_spread is None:
                sampled.append(mean[-1])
            else:
                sampled.append(bernoulli_nll(model.decode(model.sample_code(code, generator)), images))
    return _Table(
        codes=_finite("codes", codes),
        factors=None if dataset.factors is None else dataset.factors.values(rows),
        sampled=_finite("reconstructions", sampled).astype(np.float64),
        mean=_finite("reconstructions", mean).astype(np.float64),
    )


def _disentanglement(
    table: _Table, names: tuple[str, ...], part: EvaluationPart, sizes: Sizes, without_shape: bool
) -> dict[str, float]:
    """The beta-VAE score on all factors and, for dSprites, on the four of them that are not the shape."""
    assert table.factors is not None
    choices = {"disentanglement": list(range(len(names)))}
    if without_shape:
        choices["disentanglement_4"] = [column for column, name in enumerate(names) if name != "shape"]
    metrics = {}
    for metric, fixed in choices.items():
        rng = np.random.default_rng(_seed(part, metric))
        score = beta_vae_score(table.codes, table.factors, fixed, rng, examples=sizes.examples)
        metrics[metric] = score.training
        metrics[f"{metric}_heldout"] = score.heldout
    return metrics


def _samples(model: AutoEncoder, n: int, part: EvaluationPart, device: torch.device) -> Iterator[torch.Tensor]:
    """Decoder means of the same `n` draws of the prior at every call, `BATCH` at a time."""
    generator = torch.Generator(device).manual_seed(_torch_seed(part, "samples"))
    for start in range(0, n, BATCH):
        images = model.sample(min(BATCH, n - start), generator)
        if not torch.isfinite(images).all():
            raise Infeasible("evaluation: the model's samples are not finite")
        yield images


def _finite(what: str, parts: list[torch.Tensor]) -> np.ndarray:
    values = torch.cat(parts)
    if not torch.isfinite(values).all():
        raise Infeasible(f"evaluation: the model's {what} are not finite")
    array: np.ndarray = values.cpu().numpy()
    return array


def _seed(part: EvaluationPart, purpose: str) -> np.random.SeedSequence:
    return np.random.SeedSequence([_PARTS[part], _PURPOSES[purpose]])


def _torch_seed(part: EvaluationPart, purpose: str) -> int:
    return int(_seed(part, purpose).generate_state(1, np.uint64)[0])


@contextmanager
def _evaluating(model: torch.nn.Module) -> Iterator[None]:
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)
