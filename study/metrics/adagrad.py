"""The classifier of the paper's disentanglement score, fitted as its authors did: Adagrad, full batches, no penalty.

One linear layer with bias and softmax, as in Higgins et al. 2017 and in the code of "On the Latent Space of Wasserstein
Auto-Encoders": learning rate 1e-2, 100,000 steps, each on all examples; accumulators of squared gradients start at 0.1
(TensorFlow's default), weights from Glorot's uniform distribution, biases at 0; all in single precision.
"""

import numpy as np

LEARNING_RATE = 1e-2
STEPS = 100_000
FIRST_ACCUMULATOR = 0.1


def fit_softmax(
    features: np.ndarray, labels: np.ndarray, classes: int, rng: np.random.Generator, steps: int = STEPS
) -> np.ndarray:
    """Weights (d + 1, classes), the last row being the biases, for `features` (n, d) and `labels` (n,).

    `labels` are 0 … classes - 1. 100,000 steps on 5000 examples of 16 features and 5 classes take 5 s of a core.
    """
    n, dim = features.shape
    limit = np.sqrt(6 / (dim + classes))
    weights = np.zeros((dim + 1, classes), dtype=np.float32)
    weights[:dim] = rng.uniform(-limit, limit, size=(dim, classes))
    inputs = _with_ones(features).T.copy()  # (d + 1, n): what is summed over classes is then summed over rows
    wanted = np.zeros((classes, n), dtype=np.float32)
    wanted[labels, np.arange(n)] = 1
    # the gradient is inputs (p - wanted)' / n; its second term is the same at every step
    target = inputs @ wanted.T / np.float32(n)
    accumulator = np.full_like(weights, FIRST_ACCUMULATOR)
    p = np.empty((classes, n), dtype=np.float32)
    for _ in range(steps):
        np.matmul(weights.T, inputs, out=p)
        p -= p.max(axis=0)
        np.exp(p, out=p)
        p /= p.sum(axis=0) * np.float32(n)
        gradient = inputs @ p.T - target
        accumulator += gradient * gradient
        weights -= np.float32(LEARNING_RATE) * gradient / np.sqrt(accumulator)
    return weights


def predict(weights: np.ndarray, features: np.ndarray) -> np.ndarray:
    """The likeliest class (n,) of each row of `features` (n, d)."""
    likeliest: np.ndarray = np.argmax(_with_ones(features) @ weights, axis=1)
    return likeliest


def _with_ones(features: np.ndarray) -> np.ndarray:
    return np.column_stack([features, np.ones(len(features))]).astype(np.float32)
