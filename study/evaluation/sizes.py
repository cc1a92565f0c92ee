"""The sizes of an evaluation, and its random draws, which are the same for all trials.

Search sees validation images and their draws, the report test images and others. For one part, the images and all
random draws are the same for all trials (they come from constants and the part's name), so that two trials differ by
their models alone.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from study.evaluation import Size
from study.metrics.softmax import Adagrad

EvaluationPart = Literal["validation", "test"]
BATCH = 500
"""Images per batch. The noise of each image depends on it: another value gives other draws."""

ALL = 10**9
"""Larger than the number of images of any part."""


@dataclass(frozen=True)
class Sizes:
    """Numbers of images, examples and fits. Where a part has fewer images, all of them are taken."""

    encoded: int
    """Images of the part in the table of codes, a random subset, from which every disentanglement metric draws."""

    reconstructed: int
    """The first of these, in a random order, that are also decoded. A multiple of `BATCH`."""

    examples: int
    """Examples of the beta-VAE score: this many for training, and as many fresh ones."""

    adagrad: Adagrad
    """The fit of that score where it is to be fitted as in the paper."""

    votes: tuple[int, int]
    """Votes of the FactorVAE score: for its table, and fresh ones."""

    rows: tuple[int, int]
    """Codes that SAP and explicitness fit to, and codes that they are scored on."""

    dci_rows: tuple[int, int]
    """The same for DCI, whose boosted trees cost more than all the rest."""

    dci_trees: int
    """Boosting iterations of DCI, for each factor."""

    dci_learning_rate: float
    """The weight of each of them."""

    samples: int
    """Decoded draws of the prior for the distances; 0 leaves them out, as few samples would bias them."""

    brightness: int
    """Decoded draws of the prior whose mean pixel value is taken."""


# The table's size does not show in the score. Of one WAE's test images (1,000 training steps; mean and standard
# deviation of 12 drawings): .650 ± .008 from 5,000 images, .650 ± .005 from 20,000, .650 ± .004 from all 73,728. Fewer
# examples do: 2,000 give .662, because the classifier is scored on what it was fitted to.
SIZES: dict[Size, Sizes] = {
    "reduced": Sizes(
        encoded=5_000,
        reconstructed=2_000,
        examples=5_000,
        adagrad=Adagrad(restarts=1, steps=20_000),
        votes=(2_000, 1_000),
        rows=(1_000, 1_000),
        dci_rows=(300, 500),
        dci_trees=2,
        dci_learning_rate=0.5,
        samples=0,
        brightness=10_000,
    ),
    "standard": Sizes(
        encoded=20_000,
        reconstructed=10_000,
        examples=5_000,
        adagrad=Adagrad(),
        votes=(10_000, 5_000),
        rows=(10_000, 5_000),
        dci_rows=(1_000, 5_000),
        dci_trees=5,
        dci_learning_rate=0.5,
        samples=10_000,
        brightness=100_000,
    ),
    "full": Sizes(
        encoded=ALL,
        reconstructed=ALL,
        examples=5_000,
        adagrad=Adagrad(),
        votes=(10_000, 5_000),
        rows=(10_000, 5_000),
        dci_rows=(10_000, 5_000),
        dci_trees=100,
        dci_learning_rate=0.1,
        samples=10_000,
        brightness=100_000,
    ),
}

_PARTS: dict[EvaluationPart, int] = {"validation": 1, "test": 2}
_PURPOSES = {
    **{"images": 0, "codes": 1, "disentanglement": 2, "disentanglement_4": 3, "samples": 4},
    **{"factor_vae": 5, "sap": 6, "dci": 7, "explicitness": 8},
}
"""Independent streams of draws. As with the parts, the numbers are part of every result: they must not change."""


def draws(part: EvaluationPart, purpose: str) -> np.random.Generator:
    """The random draws of one purpose."""
    return np.random.default_rng(_seed(part, purpose))


def torch_seed(part: EvaluationPart, purpose: str) -> int:
    """The same as a seed for PyTorch."""
    return int(_seed(part, purpose).generate_state(1, np.uint64)[0])


def _seed(part: EvaluationPart, purpose: str) -> np.random.SeedSequence:
    return np.random.SeedSequence([_PARTS[part], _PURPOSES[purpose]])
