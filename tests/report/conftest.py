"""Made studies as fixtures."""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from study.records.folder import StudyFolder
from study.report import write
from study.report.analysis import comparison
from study.report.claims import significance
from study.report.drawing import style
from study.report.drawing.style import LOOKS, Look
from study.report.read import curves
from tests.report.made import LOST, make_study
from tests.report.made_figure4 import Maker

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
"""A PNG of one grey pixel."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Reports with each figure made once and not rendered, without PDFs, with fewer draws; not with `whole`."""
    if "whole" not in request.fixturenames:
        monkeypatch.setattr(write, "_in_all_looks", in_one_look)
        monkeypatch.setattr(write, "_images", one_pixel)
        monkeypatch.setattr(write, "pdf", lambda figure: b"")
        monkeypatch.setattr(comparison, "DRAWS", 40)
        monkeypatch.setattr(style, "RESOLUTION", 40)
        if "explored" not in request.fixturenames:
            monkeypatch.setattr("study.report.explore.page.explore_page", lambda analysis, album: "")


def in_one_look(draw: Callable[[Look], Figure | None], looks: Sequence[Look] = LOOKS) -> dict[Look, Figure]:
    figure = draw(looks[0])
    return dict.fromkeys(looks, figure) if figure is not None else {}


def one_pixel(figures: dict[Look, Figure]) -> dict[str, bytes]:
    return {look.name: PIXEL for look in figures}


@pytest.fixture
def whole() -> None:
    """Reports as they are."""


@pytest.fixture
def explored() -> None:
    """Reports with their interactive page."""


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


@pytest.fixture
def figure4(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


@pytest.fixture
def few_exchanges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty exchanges in place of a thousand, which take as many seconds as there are groups of claims."""
    monkeypatch.setattr(significance, "EXCHANGES", 50)


@pytest.fixture
def few_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if up to six curves of the front were read, and six beside it."""
    monkeypatch.setattr(curves, "CURVES", 6)
    monkeypatch.setattr("study.report.sections.curves.CURVES", 6)
