"""Made studies as fixtures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study.folder import StudyFolder
from study.report import comparison, write
from tests.report.made import LOST, make_study


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Reports without PDFs, and with fewer draws: most tests here are not about these. `whole` has both."""
    if "whole" not in request.fixturenames:
        monkeypatch.setattr(write, "pdf", lambda figure: b"")
        monkeypatch.setattr(comparison, "DRAWS", 40)


@pytest.fixture
def whole() -> None:
    """Reports as they are."""


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    """Three families of four trials each, one of them infeasible and one failed."""
    return make_study(tmp_path / "demo", lost=dict(LOST))


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., StudyFolder]:
    """`make("name", …)`: a study folder as `make_study` writes it."""

    def in_folder(name: str, **options: Any) -> StudyFolder:
        return make_study(tmp_path / name, **options)

    return in_folder
