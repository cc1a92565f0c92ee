"""The live display in a notebook: one output of the cell, updated in place while the study runs."""

import io
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from rich.console import Console, RenderableType

DISPLAY_COLUMNS = 100
"""Columns of the display."""

UPDATE_SECONDS = 0.5
"""Least time between two updates."""

_PAGE = '<pre style="line-height: 1.3; font-family: monospace; white-space: pre">{code}</pre>'


@contextmanager
def without_hints() -> Iterator[None]:
    """Without the hint, in every notebook that lacks ipywidgets, that progress bars could be drawn with them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        yield


class NotebookDisplay:
    """What `render` gives, shown below the cell while this is entered, and as it was last when it is left."""

    def __init__(self, render: Callable[[], RenderableType], clock: Callable[[], float] = time.monotonic) -> None:
        self._render = render
        self._clock = clock
        self._shown: Any = None
        self._rests_until = 0.0

    def __enter__(self) -> Self:
        from IPython.display import display  # there is one where there is a notebook

        self._shown = display(self, display_id=True)
        self._rests_until = self._clock() + UPDATE_SECONDS
        return self

    def __exit__(self, *error: object) -> None:
        self._shown.update(self)

    def changed(self) -> None:
        """Show it as it is now, unless it has just been shown."""
        if self._shown is not None and self._clock() >= self._rests_until:
            self._shown.update(self)
            self._rests_until = self._clock() + UPDATE_SECONDS

    def _repr_html_(self) -> str:
        console = Console(
            file=io.StringIO(), record=True, width=DISPLAY_COLUMNS, force_jupyter=False, color_system="truecolor"
        )
        console.print(self._render())
        return console.export_html(inline_styles=True, code_format=_PAGE)

    def __repr__(self) -> str:
        return self._printed().export_text().rstrip("\n")

    def _printed(self) -> Console:
        console = Console(file=io.StringIO(), record=True, width=DISPLAY_COLUMNS, force_jupyter=False)
        console.print(self._render())
        return console
