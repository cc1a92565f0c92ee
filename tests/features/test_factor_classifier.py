"""The shipped classifier: that it is the file this code means, and that its features say what an image shows."""

import hashlib

import numpy as np
import torch

from study.features import factor_classifier
from study.features.factor_classifier import CLASSES, WEIGHTS, WEIGHTS_SHA256, WIDTH
from tests.features.conftest import squares


def test_the_shipped_file_is_small_and_known() -> None:
    content = WEIGHTS.read_bytes()
    assert len(content) < 1_000_000
    assert hashlib.sha256(content).hexdigest() == WEIGHTS_SHA256


def test_it_reads_shape_and_position() -> None:
    images, centres = squares(200)
    with torch.inference_mode():
        logits = factor_classifier.load_classifier()(images).split(list(CLASSES.values()), dim=1)
    named = [part.argmax(dim=1).numpy() for part in logits]
    assert (named[0] == 0).mean() > 0.9
    # a step of position is 32/31 pixels
    for column, axis in ((3, 0), (4, 1)):
        assert np.abs(named[column] * 32 / 31 - (centres[:, axis] - 16)).max() <= 2


def test_features_feed_the_head() -> None:
    classifier = factor_classifier.load_classifier()
    images, _ = squares(7)
    features = classifier.features(images)
    assert features.shape == (7, WIDTH)
    assert features.dtype == np.float32
    with torch.inference_mode():
        expected = classifier(images)
        received = classifier.head(torch.from_numpy(features))
    np.testing.assert_allclose(received, expected, rtol=1e-4, atol=1e-4)
