"""The classifier of the beta-VAE score: one linear layer with bias and softmax, fitted in one of three ways.

The problem is convex. `Optimum` goes to its optimum; `Adagrad` goes towards it as the authors of "On the Latent Space
of Wasserstein Auto-Encoders" did, and does not get there: their score depends on that (`docs/metrics.md`). `Penalised`
is the classifier of disentanglement_lib, whose optimum is another one.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

ADAGRAD_RESTARTS = 3
"""The paper's "3 evaluations" of a model: three initialisations, fitted to the same examples."""

Predict = Callable[[np.ndarray], np.ndarray]
"""The likeliest class (n,) of each row of features (n, d)."""


@dataclass(frozen=True)
class Optimum:
    """L-BFGS on standardised features, which moves no optimum of a classifier without a penalty."""

    max_iterations: int = 1000
    """Separable examples have no finite optimum; their accuracy is settled long before this."""

    def fit(self, features: np.ndarray, labels: np.ndarray, classes: int, rng: np.random.Generator) -> list[Predict]:
        """One classifier for `features` (n, d) and `labels` (n,) from 0 to `classes` - 1."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        centre, scale = features.mean(axis=0), features.std(axis=0)
        scale[scale == 0] = 1  # a dimension that never varies stays at 0
        classifier = LogisticRegression(C=np.inf, max_iter=self.max_iterations)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # see max_iterations
            classifier.fit((features - centre) / scale, labels)
        return [lambda rows: classifier.predict((rows - centre) / scale)]


@dataclass(frozen=True)
class Penalised:
    """L-BFGS with an L2 penalty on the features as they are: scikit-learn's LogisticRegression with its defaults.

    Locatello et al. 2019 (https://arxiv.org/abs/1811.12359) fit it. The penalty sees the scale of the codes.
    """

    c: float = 1.0
    """The weight of one example's loss against the penalty."""

    max_iterations: int = 100

    def fit(self, features: np.ndarray, labels: np.ndarray, classes: int, rng: np.random.Generator) -> list[Predict]:
        """One classifier for `features` (n, d) and `labels` (n,) from 0 to `classes` - 1."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        classifier = LogisticRegression(C=self.c, max_iter=self.max_iterations)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # its last step is what is scored
            classifier.fit(features, labels)
        return [classifier.predict]


@dataclass(frozen=True)
class Adagrad:
    """Full-batch Adagrad on the features as they are, in single precision, from several initialisations.

    As in TensorFlow 1: accumulators of squared gradients start at 0.1, weights are drawn from Glorot's uniform
    distribution, biases are 0. Three initialisations are the paper's "3 evaluations" (on the same examples). One takes
    5 s of a core for 5000 examples of 16 features in 5 classes.
    """

    restarts: int = ADAGRAD_RESTARTS
    steps: int = 100_000
    learning_rate: float = 1e-2
    first_accumulator: float = 0.1

    def fit(self, features: np.ndarray, labels: np.ndarray, classes: int, rng: np.random.Generator) -> list[Predict]:
        """One classifier a restart for `features` (n, d) and `labels` (n,) from 0 to `classes` - 1."""
        return [self._fit(features, labels, classes, rng) for _ in range(self.restarts)]

    def _fit(self, features: np.ndarray, labels: np.ndarray, classes: int, rng: np.random.Generator) -> Predict:
        n, dim = features.shape
        limit = np.sqrt(6 / (dim + classes))
        weights = np.zeros((dim + 1, classes), dtype=np.float32)
        weights[:dim] = rng.uniform(-limit, limit, size=(dim, classes))
        inputs = _with_ones(features).T.copy()  # (d + 1, n): what is summed over classes is then summed over rows
        wanted = np.zeros((classes, n), dtype=np.float32)
        wanted[labels, np.arange(n)] = 1
        # the gradient is inputs (p - wanted)' / n; its second term is the same at every step
        target = inputs @ wanted.T / np.float32(n)
        accumulator = np.full_like(weights, self.first_accumulator)
        rate = np.float32(self.learning_rate)
        p = np.empty((classes, n), dtype=np.float32)
        for _ in range(self.steps):
            np.matmul(weights.T, inputs, out=p)
            p -= p.max(axis=0)
            np.exp(p, out=p)
            p /= p.sum(axis=0) * np.float32(n)
            gradient = inputs @ p.T - target
            accumulator += gradient * gradient
            weights -= rate * gradient / np.sqrt(accumulator)
        return lambda rows: np.argmax(_with_ones(rows) @ weights, axis=1)


Classifier = Optimum | Penalised | Adagrad
"""How the classifier is fitted."""


def _with_ones(features: np.ndarray) -> np.ndarray:
    return np.column_stack([features, np.ones(len(features))]).astype(np.float32)
