"""The shipped classifier: that it is the file this code means, and that its features say what an image shows."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from study.data.dataset import Dataset, Factors, Images, split
from study.features import factor_classifier, network, train_factor_classifier
from study.features.factor_classifier import CLASSES, WEIGHTS, WEIGHTS_SHA256, WIDTH, FactorClassifier
from study.system.errors import InputError


@pytest.fixture
def fresh_load() -> None:
    factor_classifier.load_classifier.cache_clear()


def squares(n: int, seed: int = 0) -> tuple[torch.Tensor, np.ndarray]:
    """Upright squares of side 16 at random positions in place of sprites: images, and their centres' (x, y)."""
    rng = np.random.default_rng(seed)
    images = torch.zeros(n, 1, 64, 64)
    centres = rng.integers(16, 49, size=(n, 2))
    for image, (x, y) in zip(images, centres, strict=True):
        image[:, y - 8 : y + 8, x - 8 : x + 8] = 1
    return images, centres


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


def test_features_do_not_depend_on_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    images, _ = squares(7)
    expected = factor_classifier.load_classifier().features(images)
    monkeypatch.setattr(network, "NETWORK_BATCH", 3)
    np.testing.assert_allclose(factor_classifier.load_classifier().features(images), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", [(2, 3, 64, 64), (2, 1, 32, 32), (0, 1, 64, 64), (64, 64)])
def test_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"images: \(n, 1, 64, 64\) is needed; received shape"):
        factor_classifier.load_classifier().features(torch.zeros(shape))


@pytest.mark.usefixtures("fresh_load")
def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "dsprites_classifier.pt"
    monkeypatch.setattr(factor_classifier, "WEIGHTS", other)
    for content in (None, WEIGHTS.read_bytes()[:-1]):
        if content is not None:
            other.write_bytes(content)
        with pytest.raises(InputError, match="missing or damaged"):
            factor_classifier.load_classifier()


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
