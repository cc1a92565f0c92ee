"""What several files of these tests need."""

import pytest

from study.data import load
from study.data.dataset import Dataset
from study.trial import fit


@pytest.fixture
def few_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five points on a learning curve, so that a short training has steps between them."""
    monkeypatch.setattr(fit, "LOGGED", 5)


@pytest.fixture(scope="module")
def squares() -> Dataset:
    return load("fading_squares")
