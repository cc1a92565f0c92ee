"""The display in a notebook: one output that is replaced, and not more often than it can be read."""

import io
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from study.terminal.display import Display
from study.terminal.notebook import UPDATE_SECONDS, NotebookDisplay
from tests.make import plan, record


class Cell:
    """In place of the cell's output: what was shown in it, one text after the other."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def display(self, what: Any, display_id: bool) -> "Cell":
        assert display_id
        self.update(what)
        return self

    def update(self, what: Any) -> None:
        assert "<pre" in what._repr_html_()
        self.shown.append(repr(what))


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Cell:
    found = Cell()
    monkeypatch.setattr("IPython.display.display", found.display)
    return found


def test_it_is_replaced_when_it_has_rested_and_at_the_end(cell: Cell) -> None:
    now, texts = [0.0], iter(["begun", "later", "ended"])
    live = NotebookDisplay(lambda: Text(current[0]), clock=lambda: now[0])
    current = [next(texts)]
    with live:
        current[0] = next(texts)
        live.changed()
        assert cell.shown == ["begun"]
        now[0] = UPDATE_SECONDS
        live.changed()
        assert cell.shown == ["begun", "later"]
        current[0] = next(texts)
        live.changed()
    assert cell.shown == ["begun", "later", "ended"]


def test_a_launch_in_a_notebook_shows_it(cell: Cell) -> None:
    out = io.StringIO()
    of = plan(trials=4)
    display = Display(of, Console(file=out, force_jupyter=True))
    with display.opened([]):
        display.started(0, {"family": "beta-vae"})
        display.ended(record(of, 0, metrics={"reconstruction": 99.5, "disentanglement": 0.75}))
    assert "0/4 trials" in cell.shown[0]
    assert "1/4 trials" in cell.shown[-1]
    assert "best reconstruction 99.5 (beta-vae, trial 0)" in cell.shown[-1]
    assert out.getvalue() == ""
