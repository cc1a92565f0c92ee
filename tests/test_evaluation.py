"""A trial's metrics at known answers, from stand-in models with the interface of `models.AutoEncoder`."""

import math
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from models import Code
from study.data import DATASETS
from study.data.dataset import Dataset, Factors, Images, split
from study.evaluation import Size
from study.evaluation.sizes import ALL, BATCH, SIZES, EvaluationPart, Sizes
from study.evaluation.suite import describe, evaluate
from study.features import inception, spaces
from study.metrics import METRICS, offered
from study.metrics.beta_vae_score import beta_vae_score
from study.metrics.dci import dci
from study.metrics.explicitness import explicitness
from study.metrics.factor_vae_score import factor_vae_score
from study.metrics.frechet import accumulate, frechet_distance
from study.metrics.sap import sap
from study.metrics.softmax import Adagrad, Optimum
from study.system.errors import Infeasible

NAMES = ("shape", "scale", "orientation", "pos_x", "pos_y")
SHAPES = (3, 2, 10, 8, 8)


class StandIn(nn.Module):
    """Codes are the factors that are written into the first pixels of each image; decoded images are given."""

    def __init__(self, spread: float | None = None, logit: float = 0.0, shape: tuple[int, int, int] = (1, 64, 64)):
        super().__init__()
        self.spread, self.logit, self.shape = spread, logit, shape
        self.dropout = nn.Dropout(0.5)

    def encode(self, images: Tensor) -> Code:
        mean = self.dropout(images.flatten(start_dim=1)[:, :5])
        return Code(mean, None if self.spread is None else torch.full_like(mean, self.spread))

    def sample_code(self, code: Code, generator: torch.Generator) -> Tensor:
        if code.log_spread is None:
            return code.mean
        return code.mean + code.log_spread * torch.randn(code.mean.shape, generator=generator)

    def decode(self, z: Tensor) -> Tensor:
        """Every logit is the same, and as much higher as the code's sum is."""
        return (self.logit + z.sum(dim=1)).view(-1, 1, 1, 1).expand(-1, *self.shape)

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        return torch.rand(n, 1, 1, 1, generator=generator).expand(-1, *self.shape)


class Constant(StandIn):
    def encode(self, images: Tensor) -> Code:
        return Code(torch.zeros(len(images), 3))


class Noise(StandIn):
    """Fifty dimensions that know nothing of the image."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(0)

    def encode(self, images: Tensor) -> Code:
        return Code(torch.randn(len(images), 50, generator=self.generator))


class NotFinite(StandIn):
    def encode(self, images: Tensor) -> Code:
        return Code(torch.full((len(images), 3), math.nan))


class NotFiniteSamples(StandIn):
    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        return torch.full((n, *self.shape), math.inf)


class FadingSquares(StandIn):
    """Samples that are true fading squares."""

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        images = torch.zeros(n, 1, 32, 32)
        images[:, :, 13:19, 13:19] = torch.rand(n, 1, 1, 1, generator=generator)
        return images


@pytest.fixture(scope="module")
def dsprites() -> Dataset:
    """A small grid of factors under the name of dSprites; factor values, from 0 to 1, are the first pixels."""
    factors = Factors(NAMES, SHAPES)
    n = math.prod(SHAPES)
    array = np.zeros((n, 64 * 64), dtype=np.float32)
    array[:, :5] = factors.values(np.arange(n)) / (np.array(SHAPES) - 1)
    return Dataset("dsprites", Images(array, "float32", (1, 64, 64)), split(n), "made", "0", factors)


@pytest.fixture(scope="module")
def fading_squares() -> Dataset:
    array = np.zeros((1000, 32, 32), dtype=np.float32)
    array[:, 13:19, 13:19] = np.linspace(0, 1, 1000)[:, None, None]
    return Dataset("fading_squares", Images(array.reshape(1000, -1), "float32", (1, 32, 32)), split(1000), "made", "1")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path))
    monkeypatch.delenv(inception.VARIABLE, raising=False)
    standard = Sizes(
        encoded=1000,
        reconstructed=500,
        examples=500,
        adagrad=Adagrad(3, 200),
        votes=(500, 300),
        rows=(200, 100),
        dci_rows=(150, 100),
        dci_trees=3,
        dci_learning_rate=0.1,
        samples=1000,
        brightness=2000,
    )
    monkeypatch.setitem(SIZES, "standard", standard)
    monkeypatch.setitem(SIZES, "full", replace(standard, encoded=ALL, reconstructed=ALL, votes=(1000, 500)))
    reduced = replace(standard, encoded=500, examples=200, adagrad=Adagrad(1, 200), samples=0, brightness=500)
    monkeypatch.setitem(SIZES, "reduced", reduced)


def run(
    model: StandIn,
    dataset: Dataset,
    part: EvaluationPart = "test",
    size: Size = "reduced",
    metrics: Collection[str] | None = None,
) -> dict[str, float]:
    return evaluate(model, dataset, part, size, "cpu", metrics)  # type: ignore[arg-type]


def test_codes_that_are_the_factors(dsprites: Dataset) -> None:
    """In evaluation mode: with the dropout of training, no score would be 1."""
    model = StandIn().train()
    metrics = run(model, dsprites)
    assert model.training
    for name in ("disentanglement", "disentanglement_heldout", "disentanglement_4", "disentanglement_4_heldout"):
        assert metrics[name] == 1.0


def test_constant_codes(dsprites: Dataset) -> None:
    """Chance, and 4096 · ln 2 nats for pixels of which each is anyone's guess."""
    metrics = run(Constant(), dsprites, size="standard")
    assert metrics["disentanglement_heldout"] == pytest.approx(1 / 5, abs=0.06)
    assert metrics["disentanglement_4_heldout"] == pytest.approx(1 / 4, abs=0.06)
    assert metrics["reconstruction"] == metrics["reconstruction_mean"]
    assert metrics["reconstruction"] == pytest.approx(4096 * math.log(2), rel=1e-6)


def test_noise_scores_chance_on_rows_that_were_not_fitted_to(dsprites: Dataset) -> None:
    """Of the rows of its fit, the explicitness of fifty dimensions is far above chance."""
    values = run(Noise(), dsprites, size="standard", metrics=["explicitness", "dci_informativeness", "sap"])
    chance = np.mean([1 / size for size in SHAPES])
    assert values == pytest.approx({"explicitness": 0.5, "dci_informativeness": chance, "sap": 0}, abs=0.06)


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


def test_costly_ones_are_asked_for(dsprites: Dataset) -> None:
    """A classifier that has hardly begun knows less than one at its optimum."""
    names = [name for name, metric in METRICS.items() if metric.costly]
    values = run(StandIn(), dsprites, size="standard", metrics=[*names, "disentanglement"])
    assert set(values) == {*names, "disentanglement"}
    assert 0.2 < values["disentanglement_adagrad"] <= values["disentanglement"]


def test_each_restart_of_the_paper_has_its_score(dsprites: Dataset) -> None:
    names = [f"disentanglement_adagrad_run{run}" for run in (1, 2, 3)]
    values = run(StandIn(), dsprites, size="standard", metrics=[*names, "disentanglement_adagrad"])
    assert np.mean([values[name] for name in names]) == pytest.approx(values["disentanglement_adagrad"])
    assert (
        run(StandIn(), dsprites, size="reduced", metrics=names) == {}
    )  # while training there is one, the score itself


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


def test_every_metric_has_draws_of_its_own_which_never_change(dsprites: Dataset) -> None:
    """Each value is the metric's own function of the same images and of a stream that is known by two numbers.

    The validation part is so small that two thirds of its rows are fitted to, and the others scored.
    """

    class Mixed(StandIn):
        def encode(self, images: Tensor) -> Code:
            mixing = torch.tensor(np.random.default_rng(0).normal(size=(5, 5)), dtype=torch.float32)
            return Code(images.flatten(start_dim=1)[:, :5] @ mixing)

    model, examples = Mixed(), {"examples": 500, "classifier": Optimum()}
    parts: tuple[tuple[EvaluationPart, int, tuple[int, int], tuple[int, int]], ...] = (
        ("validation", 1, (115, 57), (115, 57)),
        ("test", 2, (200, 100), (150, 100)),
    )
    for part, number, rows, dci_rows in parts:

        def stream(purpose: int, number: int = number) -> np.random.Generator:
            return np.random.default_rng([number, purpose])

        images = stream(0).permutation(dsprites.split[part])
        codes, factors = model.encode(dsprites.images.batch(images)).mean.numpy(), dsprites.factors.values(images)
        five = beta_vae_score(codes, factors, range(5), stream(2), **examples)
        four = beta_vae_score(codes, factors, range(1, 5), stream(3), **examples)
        dci_scores = dci(codes, factors, stream(7), *dci_rows, trees=3, learning_rate=0.1)
        expected = {
            "disentanglement": five.training,
            "disentanglement_heldout": five.heldout,
            "disentanglement_4": four.training,
            "disentanglement_4_heldout": four.heldout,
            "factor_vae": factor_vae_score(codes, factors, stream(5), training=500, heldout=300).heldout,
            "sap": sap(codes, factors, stream(6), *rows),
            "dci_disentanglement": dci_scores.disentanglement,
            "dci_completeness": dci_scores.completeness,
            "dci_informativeness": dci_scores.informativeness,
            "explicitness": explicitness(codes, factors, stream(8), *rows).heldout,
        }
        assert run(model, dsprites, part, "standard", metrics=list(expected)) == pytest.approx(expected)


def test_what_is_compared_with_what_is_described(dsprites: Dataset) -> None:
    described = describe(dsprites, "test", "standard", "cpu")
    n_test = len(dsprites.split.test)
    assert set(described) == {"frechet_factors_setup"}
    assert described["frechet_factors_setup"].startswith(f"1000 samples against {n_test} test images")
    assert describe(dsprites, "test", "reduced", "cpu") == {}
    assert describe(dsprites, "test", "standard", "cpu", ["mig"]) == {}


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


def test_same_draws_for_all_trials_and_others_for_the_other_part(dsprites: Dataset) -> None:
    noisy = StandIn(spread=0.2)
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state(legacy=False)  # noqa: NPY002
    first = run(noisy, dsprites)
    torch.rand(7)
    assert run(noisy, dsprites) == first
    assert run(noisy, dsprites, "validation")["reconstruction"] != first["reconstruction"]
    torch.set_rng_state(torch_state)
    run(noisy, dsprites)
    assert torch.equal(torch.get_rng_state(), torch_state)
    np.testing.assert_equal(np.random.get_state(legacy=False), numpy_state)  # noqa: NPY002


def test_only_images_of_the_part_are_seen(dsprites: Dataset) -> None:
    """All other images are replaced by rubbish; nothing changes."""
    for part in ("validation", "test"):
        array = np.full_like(dsprites.images.array, 0.5)
        rows = dsprites.split[part]  # type: ignore[index]
        array[rows] = dsprites.images.array[rows]
        other = Dataset(
            "dsprites", Images(array, "float32", (1, 64, 64)), dsprites.split, "made", f"{part} only", dsprites.factors
        )
        expected = run(StandIn(spread=0.1), dsprites, part, "full")  # type: ignore[arg-type]
        assert run(StandIn(spread=0.1), other, part, "full") == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "what"), [(NotFinite(), "codes"), (NotFiniteSamples(), "samples"), (StandIn(logit=math.inf), "reconstr")]
)
def test_what_is_not_finite_is_infeasible(model: StandIn, what: str, dsprites: Dataset) -> None:
    with pytest.raises(Infeasible, match=f"evaluation: the model's {what}.* are not finite"):
        run(model, dsprites, size="standard")


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


def test_sizes_are_whole_batches() -> None:
    for sizes in SIZES.values():
        assert sizes.reconstructed % BATCH == 0
