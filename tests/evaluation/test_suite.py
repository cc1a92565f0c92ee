"""A trial's metrics at known answers, from stand-in models with the interface of `study.models.AutoEncoder`."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from study.data import DATASETS
from study.data.dataset import Dataset
from study.evaluation.suite import describe
from study.features import inception, spaces
from study.metrics import METRICS, offered
from study.metrics.frechet import accumulate, frechet_distance
from study.models import Code
from study.system.errors import Infeasible
from tests.evaluation.conftest import Constant, FadingSquares, NotFinite, NotFiniteSamples, StandIn, run


def test_fading_squares_have_their_own_metrics(fading_squares: Dataset) -> None:
    true = run(FadingSquares(shape=(1, 32, 32)), fading_squares, size="standard")
    assert {"mean_pixel_deviation", "frechet_pca", "kernel_pca", "reconstruction_floor"} <= set(true)
    assert true["mean_pixel_deviation"] < 1.63 / math.sqrt(2000)  # the 1 % point of chance
    assert true["frechet_pca"] < 0.01

    grey = run(StandIn(shape=(1, 32, 32)), fading_squares, size="standard")
    assert grey["mean_pixel_deviation"] == pytest.approx(1 - 36 / 1024, abs=0.02)  # uniform on [0, 1]
    samples = np.random.default_rng(0).random((10_000, 1)) * np.ones((1, 1024), np.float32)
    pixels = frechet_distance(accumulate([samples]), accumulate([fading_squares.images.array]))
    assert grey["frechet_pca"] == pytest.approx(pixels, rel=0.1)


def test_every_metric_that_the_dataset_offers(dsprites: Dataset, fading_squares: Dataset) -> None:
    random, point = StandIn(spread=0.2), StandIn(shape=(1, 32, 32))
    for model, dataset in ((random, dsprites), (point, fading_squares)):
        possible = offered(DATASETS[dataset.name].offers)
        expected = {name for name, metric in possible.items() if metric.needs != "fid" and not metric.costly}
        if model is point:
            expected = {name for name in expected if not name.startswith("log_spread")}
        assert set(run(model, dataset, size="standard")) == expected
        distances = {name for name in expected if METRICS[name].unit == "squared distance"}
        assert set(run(model, dataset, size="reduced")) == expected - distances
        assert len(distances) == 3


def test_fid_where_the_environment_names_weights(dsprites: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    class Brightness:
        """In place of the network: it makes two features of an image, and knows its weights."""

        checksum = "none"

        def __init__(self, weights: object, device: object) -> None:
            self.weights = weights

        def features(self, images: Tensor) -> np.ndarray:
            seen.append(len(images))
            return np.column_stack([images.mean(dim=(1, 2, 3)).numpy(), np.ones(len(images))])

    seen: list[int] = []
    monkeypatch.setenv(inception.VARIABLE, __file__)
    monkeypatch.setattr(inception, "Inception", Brightness)
    metrics = run(StandIn(), dsprites, size="standard")
    images = dsprites.images.array[dsprites.split.test].mean(axis=1)
    # generated brightness is uniform on [0, 1]
    expected = (0.5 - images.mean()) ** 2 + (math.sqrt(1 / 12) - images.std()) ** 2
    assert metrics["fid"] == pytest.approx(expected, rel=0.1)
    assert "frechet_factors" in metrics
    assert sum(seen) == 1000 + len(images)

    seen.clear()
    monkeypatch.setattr(spaces, "_references", {})  # as in another process
    assert run(StandIn(), dsprites, size="standard") == metrics
    assert sum(seen) == 1000


def test_only_what_is_wanted_and_the_same_as_with_everything(dsprites: Dataset) -> None:
    model = StandIn(spread=0.2)
    everything = run(model, dsprites, size="standard")
    for name in everything:
        assert run(model, dsprites, size="standard", metrics=[name]) == {name: everything[name]}
    assert run(model, dsprites, metrics=["fid", "mean_pixel_deviation"]) == {}


def test_what_is_compared_with_what_is_described(dsprites: Dataset) -> None:
    described = describe(dsprites, "test", "standard", "cpu")
    n_test = len(dsprites.split.test)
    assert set(described) == {"frechet_factors_setup"}
    assert described["frechet_factors_setup"].startswith(f"1000 samples against {n_test} test images")
    assert describe(dsprites, "test", "reduced", "cpu") == {}
    assert describe(dsprites, "test", "standard", "cpu", ["mig"]) == {}


def test_float32_inside_autocast(fading_squares: Dataset) -> None:
    """Called in the middle of training, the result is as outside of it."""

    class Linear(StandIn):
        def __init__(self) -> None:
            super().__init__(shape=(1, 32, 32))
            self.layer = nn.Linear(1024, 5)
            with torch.no_grad():
                self.layer.weight.copy_(torch.linspace(-1, 1, 5 * 1024).view(5, 1024))
                self.layer.bias.zero_()

        def encode(self, images: Tensor) -> Code:
            return Code(self.layer(images.flatten(start_dim=1)))

    model = Linear()
    expected = run(model, fading_squares)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert run(model, fading_squares) == expected


def test_reconstruction_of_mean_and_sampled_code(fading_squares: Dataset) -> None:
    """The first pixels are black, so mean codes are 0 and every logit is 1; a sampled code adds noise to it."""
    metrics = run(StandIn(spread=0.5, logit=1.0, shape=(1, 32, 32)), fading_squares)
    images = fading_squares.images.array[fading_squares.split.test].astype(float)
    probability = 1 / (1 + math.exp(-1))
    nats = -(images * math.log(probability) + (1 - images) * math.log(1 - probability)).sum(axis=1)
    assert metrics["reconstruction_mean"] == pytest.approx(nats.mean(), rel=1e-6)

    # softplus(l) - x·l, averaged over l ~ N(1, 5 · 0.5²), for images whose mean pixel is small
    logits = 1 + math.sqrt(5) * 0.5 * np.random.default_rng(0).normal(size=200_000)
    expected = 1024 * np.logaddexp(0, logits).mean() - images.sum(axis=1).mean()
    assert metrics["reconstruction"] == pytest.approx(expected, rel=0.1)
    assert metrics["reconstruction"] > metrics["reconstruction_mean"] + 50


def test_how_the_spreads_lie(dsprites: Dataset) -> None:
    class Graded(StandIn):
        """Five dimensions with mean log-spreads -3, -1, 0, 1, 5; codes of the first two vary by .04 and .0025."""

        def encode(self, images: Tensor) -> Code:
            sign = torch.arange(len(images)) % 2 * 2.0 - 1
            mean = sign[:, None] * torch.tensor([0.2, 0.05, 0.0, 0.0, 0.0])
            return Code(mean, torch.tensor([5.0, -1.0, 0.0, -3.0, 1.0]) + 0.5 * sign[:, None])

    values = run(Graded(), dsprites, metrics=[name for name, metric in METRICS.items() if metric.always])
    names = ("min", "q25", "median", "q75", "max")
    assert [values[f"log_spread_{name}"] for name in names] == pytest.approx([-3, -1, 0, 1, 5], abs=1e-6)
    assert values["active_units"] == 1
    assert run(Constant(), dsprites, metrics=["active_units", "log_spread_max"]) == {"active_units": 0}


def test_reconstruction_of_a_batch_and_its_spread(dsprites: Dataset) -> None:
    """The logged batch is a hundred of the images; every image of a part is in the full size."""
    model = StandIn(spread=0.5)
    standard, full = (run(model, dsprites, size=size) for size in ("standard", "full"))
    error = full["reconstruction_standard_error"]
    assert error > 0
    assert abs(standard["reconstruction_batch"] - standard["reconstruction"]) < 5 * error * math.sqrt(384 / 100)
    assert standard["reconstruction_batch"] != standard["reconstruction"]


def test_the_standard_error_is_of_all_images_and_the_batch_of_the_first_hundred(dsprites: Dataset) -> None:
    """Codes are the pixels that are not black, and their sum is every pixel's logit."""
    metrics = run(StandIn(), dsprites, size="standard")
    rows = np.random.default_rng([2, 0]).permutation(dsprites.split.test)
    ink = dsprites.images.array[rows].sum(axis=1, dtype=np.float64)
    nats = 4096 * np.logaddexp(0, ink) - ink**2
    assert metrics["reconstruction"] == pytest.approx(nats.mean(), rel=1e-6)
    assert metrics["reconstruction_batch"] == pytest.approx(nats[:100].mean(), rel=1e-6)
    assert metrics["reconstruction_standard_error"] == pytest.approx(nats.std() / math.sqrt(len(nats)), rel=1e-5)


def test_the_floor_of_grey_images_is_their_entropy(fading_squares: Dataset) -> None:
    """The floor is reached by a decoder that gives the grey levels themselves."""
    grey = fading_squares.images.array[fading_squares.split.test].astype(np.float64)

    class Perfect(StandIn):
        def encode(self, images: Tensor) -> Code:
            return Code(images.flatten(start_dim=1))

        def decode(self, z: Tensor) -> Tensor:
            return torch.logit(z.view(-1, 1, 32, 32), eps=1e-9)

    metrics = run(Perfect(shape=(1, 32, 32)), fading_squares, size="standard")
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.nansum(grey * np.log(grey) + (1 - grey) * np.log(1 - grey), axis=1).mean()
    assert metrics["reconstruction_floor"] == pytest.approx(entropy, rel=1e-5)
    assert metrics["reconstruction"] == pytest.approx(entropy, rel=1e-3)


@pytest.mark.parametrize(
    ("model", "what"), [(NotFinite(), "codes"), (NotFiniteSamples(), "samples"), (StandIn(logit=math.inf), "reconstr")]
)
def test_what_is_not_finite_is_infeasible(model: StandIn, what: str, dsprites: Dataset) -> None:
    with pytest.raises(Infeasible, match=f"evaluation: the model's {what}.* are not finite"):
        run(model, dsprites, size="standard")
