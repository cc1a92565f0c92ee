"""A progress bar for data that is made once, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def bar(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yields a function to be called with the number of images done since the last call."""
    columns = (TextColumn(text), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda images: progress.advance(task, images)
