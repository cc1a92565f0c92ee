"""Figures that tests saw, told at the end of a run: those of docs/reliability.md are from there."""

import os

FIGURES: list[tuple[str, str]] = []


def seen(figure: str) -> None:
    """A sentence with a figure, to be told with the name of the test that is being run."""
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
    FIGURES.append((test, figure))
