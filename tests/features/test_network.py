"""What the small networks of features have in common, on the classifier."""

from pathlib import Path

import numpy as np
import pytest
import torch

from study.features import factor_classifier, network
from study.features.factor_classifier import WEIGHTS
from study.system.errors import InputError
from tests.features.conftest import squares


@pytest.fixture
def fresh_load() -> None:
    factor_classifier.load_classifier.cache_clear()


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
