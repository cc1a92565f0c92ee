"""Docstrings on the site: what autodoc is given for them."""

import sys

import pytest
from numpy.typing import ArrayLike

from tests.docs.blocks import ROOT

sys.path.append(str(ROOT / "docs" / "extensions"))

import docstrings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A sum: a * b, |x| and x_i.", r"A sum: a \* b, \|x\| and x\_i."),
        ("See `study.open`.", r"See \ :py:obj:`study.open`\ ."),
        ("All `config_id`s.", r"All \ :py:obj:`config_id`\ s."),
        ("With `a: 1`.", r"With \ ``a: 1``\ ."),
        ("See `docs/metrics.md`.", r"See \ :doc:`/docs/metrics`\ ."),
        ("Rules\n- one\n  and more\n- two", "Rules\n\n- one\n  and more\n- two"),
        ("As here:\n\n    a_i * b\n\nfor all i.", "As here:\n\n.. code-block:: text\n\n    a_i * b\n\nfor all i."),
        ("- one\n\n    still one", "- one\n\n    still one"),
    ],
)
def test_text_is_kept_and_what_needs_it_is_marked(text: str, expected: str) -> None:
    assert docstrings.restructured(text) == expected


def test_a_parameter_is_no_link() -> None:
    assert docstrings.restructured("`plugins`: files", {"plugins"}) == r"\ ``plugins``\ : files"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (f"(values: {ArrayLike!r}) -> float", "(values: ArrayLike) -> float"),
        ("numpy.ndarray[tuple[typing.Any, ...], numpy.dtype[numpy.float64]]", "NDArray[float64]"),
        ("~numpy.ndarray[tuple[~typing.Any, ...], ~numpy.dtype[~numpy.bool]] | None", "NDArray[bool] | None"),
        ("(settings: dict[str, int] = <factory>)", "(settings: dict[str, int] = ...)"),
    ],
)
def test_types_of_arrays_are_short(written: str, expected: str) -> None:
    assert docstrings.spelt(written) == expected
