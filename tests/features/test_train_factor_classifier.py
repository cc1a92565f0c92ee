"""The training of the shipped classifier, at a few steps."""

import numpy as np
import torch

from study.data.dataset import Dataset, Factors, Images, split
from study.features import network, train_factor_classifier
from study.features.factor_classifier import CLASSES, FactorClassifier
from tests.features.conftest import squares


def test_training_and_the_file_that_it_writes() -> None:
    """A few steps, twice: the same weights, which the file keeps to half precision; and no global random state."""
    rng = np.random.default_rng(0)
    n = 2000
    images, _ = squares(n)
    array = np.packbits(images.flatten(start_dim=1).bool().numpy(), axis=1)
    values = Factors(tuple(CLASSES), tuple(CLASSES.values()))
    dataset = Dataset("dsprites", Images(array[rng.permutation(n)], "bits", (1, 64, 64)), split(n), "made", "", values)
    before = torch.get_rng_state()
    first, second = (train_factor_classifier.train_classifier(dataset, steps=3) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    content, again = (network.half_precision(classifier) for classifier in (first, second))
    assert content == again

    import io

    kept = FactorClassifier()
    kept.load_state_dict(torch.load(io.BytesIO(content), weights_only=True))
    np.testing.assert_allclose(kept.eval().features(images[:50]), first.features(images[:50]), rtol=0.02, atol=0.02)
