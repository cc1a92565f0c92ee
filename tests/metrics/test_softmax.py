"""The two fits of the beta-VAE score's classifier: at a known optimum, step by step, and one against the other."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from study.metrics.softmax import Adagrad, Optimum, Penalised


def overlapping(n: int = 600, d: int = 3, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Clouds that no classifier parts: the optimum is finite."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=n)
    return rng.normal(size=(n, d)) + 1.5 * rng.normal(size=(classes, d))[labels], labels


@pytest.mark.parametrize("classifier", [Optimum(), Adagrad(restarts=2, steps=200, learning_rate=0.1)])
def test_separable_clouds_are_told_apart(classifier: Optimum | Adagrad) -> None:
    labels = np.arange(300) % 3
    features = np.eye(3)[labels] * 10 + np.random.default_rng(0).normal(size=(300, 3))
    predictors = classifier.fit(features, labels, 3, np.random.default_rng(1))
    assert len(predictors) == (1 if isinstance(classifier, Optimum) else 2)
    for predict in predictors:
        assert (predict(features) == labels).all()


@settings(max_examples=10)
@given(st.integers(1, 40), st.integers(2, 4), st.integers(0, 2**32 - 1))
def test_adagrad_takes_the_steps_of_pytorch(steps: int, classes: int, seed: int) -> None:
    """Against PyTorch's own Adagrad and cross-entropy, from the same weights."""
    features, labels = overlapping(100, 4, classes, seed)
    predict = Adagrad(restarts=1, steps=steps, learning_rate=0.1).fit(
        features, labels, classes, np.random.default_rng(seed)
    )[0]
    limit = np.sqrt(6 / (4 + classes))
    linear = torch.nn.Linear(4, classes).double()
    with torch.no_grad():
        linear.weight[:] = torch.from_numpy(np.random.default_rng(seed).uniform(-limit, limit, size=(4, classes)).T)
        linear.bias.zero_()
    optimiser = torch.optim.Adagrad(linear.parameters(), lr=0.1, initial_accumulator_value=0.1, eps=0)
    for _ in range(steps):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(linear(torch.from_numpy(features)), torch.from_numpy(labels)).backward()
        optimiser.step()
    expected = linear(torch.from_numpy(features)).detach().numpy()
    gap = np.diff(np.sort(expected, axis=1)[:, -2:], axis=1)[:, 0]
    sure = gap > 1e-3  # single precision may decide ties otherwise
    assert sure.mean() > 0.9
    np.testing.assert_array_equal(predict(features)[sure], expected.argmax(axis=1)[sure])


def test_adagrad_goes_to_the_optimum_and_needs_its_time() -> None:
    """Given steps enough, both fits are the same classifier; after a few, they are not."""
    features, labels = overlapping()
    best = Optimum().fit(features, labels, 3, np.random.default_rng(0))[0](features)
    reference = LogisticRegression(C=1e9, max_iter=1000).fit(features, labels).predict(features)
    assert (best == reference).mean() > 0.995

    def agreement(steps: int) -> float:
        fitted = Adagrad(1, steps, learning_rate=0.1).fit(features, labels, 3, np.random.default_rng(3))[0](features)
        return float((fitted == best).mean())

    assert agreement(20_000) > 0.99 > agreement(3)


def test_the_optimum_does_not_depend_on_scales_and_adagrad_does() -> None:
    features, labels = overlapping()
    scaled = features * [1e-3, 1, 1] + 5

    def fitted(classifier: Optimum | Adagrad, rows: np.ndarray) -> np.ndarray:
        return classifier.fit(rows, labels, 3, np.random.default_rng(0))[0](rows)

    assert (fitted(Optimum(), features) == fitted(Optimum(), scaled)).mean() > 0.995
    few = Adagrad(restarts=1, steps=2000)
    assert (fitted(few, features) == fitted(few, scaled)).mean() < 0.99


def test_a_dead_dimension_is_no_matter() -> None:
    features, labels = overlapping()
    dead = np.column_stack([features, np.full(len(features), 3.0)])
    best, same = (Optimum().fit(rows, labels, 3, np.random.default_rng(0))[0](rows) for rows in (features, dead))
    assert (best == same).mean() > 0.995


def test_the_penalised_fit_is_the_optimum_of_its_own_problem() -> None:
    """Against another solver; without the penalty's weight it is the optimum of likelihood, with much of it is not."""
    features, labels = overlapping()
    rng = np.random.default_rng(0)
    reference = LogisticRegression(solver="newton-cg", tol=1e-8).fit(features, labels)
    (predict,) = Penalised().fit(features, labels, 3, rng)
    assert (predict(features) == reference.predict(features)).mean() > 0.995
    (best,), (free,), (held,) = (f.fit(features, labels, 3, rng) for f in (Optimum(), Penalised(1e9), Penalised(1e-6)))
    assert (free(features) == best(features)).mean() > 0.995
    assert (held(features) == best(features)).mean() < 0.995


def test_a_penalised_fit_that_does_not_arrive_says_nothing() -> None:
    features, labels = overlapping()
    (predict,) = Penalised(max_iterations=1).fit(features, labels, 3, np.random.default_rng(0))
    assert (predict(features) == labels).mean() > 0.4
