"""Made studies as fixtures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study.folder import StudyFolder
from tests.report.made import LOST, make_study


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
