"""What several files of these tests need."""

import pytest

from study.trial import fit


@pytest.fixture
def few_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five points on a learning curve, so that a short training has steps between them."""
    monkeypatch.setattr(fit, "LOGGED", 5)
