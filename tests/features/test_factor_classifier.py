"""The shipped classifier: that it is the file this code means, and that its features say what an image shows."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from study.features import factor_classifier, network
from study.features.factor_classifier import FACTORS, WEIGHTS, WEIGHTS_SHA256, WIDTH
from study.system.errors import InputError
from tests.features.conftest import squares


@pytest.fixture
def fresh_load() -> None:
    factor_classifier.load.cache_clear()


def test_the_shipped_file_is_small_and_known() -> None:
    content = WEIGHTS.read_bytes()
    assert len(content) < 1_000_000
    assert hashlib.sha256(content).hexdigest() == WEIGHTS_SHA256


def test_it_reads_shape_and_position() -> None:
    images, centres = squares(200)
    with torch.inference_mode():
        logits = factor_classifier.load()(images).split(list(FACTORS.values()), dim=1)
    named = [part.argmax(dim=1).numpy() for part in logits]
    assert (named[0] == 0).mean() > 0.9
    # a step of position is 32/31 pixels
    for column, axis in ((3, 0), (4, 1)):
        assert np.abs(named[column] * 32 / 31 - (centres[:, axis] - 16)).max() <= 2


def test_features_feed_the_head() -> None:
    classifier = factor_classifier.load()
    images, _ = squares(7)
    features = classifier.features(images)
    assert features.shape == (7, WIDTH)
    assert features.dtype == np.float32
    with torch.inference_mode():
        expected = classifier(images)
        received = classifier.head(torch.from_numpy(features))
    np.testing.assert_allclose(received, expected, rtol=1e-4, atol=1e-4)


def test_features_do_not_depend_on_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    images, _ = squares(7)
    expected = factor_classifier.load().features(images)
    monkeypatch.setattr(network, "BATCH", 3)
    np.testing.assert_allclose(factor_classifier.load().features(images), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", [(2, 3, 64, 64), (2, 1, 32, 32), (0, 1, 64, 64), (64, 64)])
def test_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"images: \(n, 1, 64, 64\) is needed; received shape"):
        factor_classifier.load().features(torch.zeros(shape))


@pytest.mark.usefixtures("fresh_load")
def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "dsprites_classifier.pt"
    monkeypatch.setattr(factor_classifier, "WEIGHTS", other)
    for content in (None, WEIGHTS.read_bytes()[:-1]):
        if content is not None:
            other.write_bytes(content)
        with pytest.raises(InputError, match="missing or damaged"):
            factor_classifier.load()
