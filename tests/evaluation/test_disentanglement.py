"""The disentanglement metrics of a model at known answers, and the draws that each has of its own."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from study.data.dataset import Dataset, Factors, Images, factor_offers, split
from study.evaluation.sizes import SIZES, EvaluationPart
from study.metrics import METRICS
from study.metrics.beta_vae_score import beta_vae_score
from study.metrics.dci import dci
from study.metrics.explicitness import explicitness
from study.metrics.factor_vae_score import factor_vae_score
from study.metrics.sap import sap
from study.metrics.softmax import Optimum
from study.models import Code
from study.system.errors import Infeasible
from tests.evaluation.conftest import SHAPES, Constant, Noise, StandIn, run


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


def with_factors(columns: dict[str, np.ndarray]) -> Dataset:
    """Images whose first five pixels are noise, with factors of any kind."""
    n = len(next(iter(columns.values())))
    images = np.random.default_rng(1).random((n, 64 * 64), dtype=np.float32)
    factors, parts = Factors.of(columns), split(n)
    offers = factor_offers(factors, parts)
    return Dataset("own", Images(images, "float32", (1, 64, 64)), parts, "made", "", factors, offers)


def test_any_table_of_factors_is_scored() -> None:
    """Numbers, a factor that follows them, a class of two images only, and a factor that never changes."""
    rng = np.random.default_rng(0)
    angle = rng.normal(size=4000)
    rare = np.where(np.arange(4000) % 2000 == 7, "rare", np.array(["a", "b", "c"])[rng.integers(3, size=4000)])
    dataset = with_factors(
        {
            "angle": angle,
            "follows": (angle > 0) | (rng.random(4000) < 0.1),
            "label": rare,
            "colour": np.zeros(4000, int),
        }
    )
    names = {name for name, metric in METRICS.items() if metric.needs == "factors" and not metric.costly}
    assert "factor_grid" not in dataset.offers
    for part in ("validation", "test"):
        values = run(StandIn(), dataset, part)  # type: ignore[arg-type]
        assert names <= set(values)
        assert all(np.isfinite(value) for value in values.values())
        assert values["explicitness"] == pytest.approx(0.5, abs=0.12)
    alone = with_factors({"angle": angle, "follows": dataset.factors.values(np.arange(4000))[:, 1], "label": rare})  # type: ignore[union-attr]
    assert run(StandIn(), alone) == run(StandIn(), dataset)  # what never changes is left out


def test_factors_that_cannot_be_scored_are_one_sentence() -> None:
    many = {"a": np.arange(450) % 3, "b": np.zeros(450, int)}
    dataset = replace(with_factors(many), offers=frozenset({"factors"}))
    sentence = "at least 2 factors with images of several classes are needed; 45 images have 1 of 2"
    with pytest.raises(Infeasible, match=f"^evaluation: {sentence}$"):
        run(StandIn(), dataset)


def test_a_table_that_a_metric_cannot_use_is_one_sentence(dsprites: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "reduced", replace(SIZES["reduced"], examples=1))
    with pytest.raises(Infeasible, match=r"^evaluation: disentanglement: examples: enough to draw each of 5 factors"):
        run(StandIn(), dsprites, metrics=["disentanglement"])
