"""Docstrings and signatures for autodoc, which expects reStructuredText and types as Python writes them.

Docstrings here are plain text with `code`, lists and indented formulas, as Markdown has them. No maintained extension
reads Markdown in docstrings; what these need is a few lines.
"""

import inspect
import re
from collections.abc import Container
from typing import Any

from numpy.typing import ArrayLike
from sphinx.application import Sphinx
from sphinx.util import typing as spelling

CODE_OR_SPECIAL = re.compile(r"`([^`]+)`|[\\*|_]")
NAME = re.compile(r"[A-Za-z_][\w.]*")
PAGE = re.compile(r"docs/(\w+)\.md")
ITEM, INDENT = "- ", "    "
FORMULA = ".. code-block:: text"
ARRAY = re.compile(r"~?numpy\.ndarray\[tuple\[~?typing\.Any, \.\.\.\], ~?numpy\.dtype\[~?(?:numpy\.)?(\w+)\]\]")


def restructured(text: str, parameters: Container[str] = ()) -> str:
    """A docstring as reStructuredText: what its lists, formulas and code quotes are there."""
    parts, listed = [], False
    for part in re.split(r"\n{2,}", text):
        lines = part.split("\n")
        if all(line.startswith(INDENT) for line in lines) and not listed:
            parts += [FORMULA, part]
            continue
        first = next((place for place, line in enumerate(lines) if line.startswith(ITEM)), None)
        listed = first is not None or (listed and part.startswith(" "))
        before, items = (lines, []) if first is None else (lines[:first], lines[first:])
        parts += [marked_up("\n".join(some), parameters) for some in (before, items) if some]
    return "\n\n".join(parts)


def marked_up(text: str, parameters: Container[str] = ()) -> str:
    """Text without formulas: names and pages in code quotes are links, but for parameters; nothing else is markup."""
    return CODE_OR_SPECIAL.sub(lambda found: _code(found[1], parameters) if found[1] else f"\\{found[0]}", text)


def _code(text: str, parameters: Container[str]) -> str:
    """With an escaped space on each side, which is none: quotes may touch letters, as in `config_id`s."""
    if page := PAGE.fullmatch(text):
        return f"\\ :doc:`/docs/{page[1]}`\\ "
    if NAME.fullmatch(text) and text not in parameters:
        return f"\\ :py:obj:`{text}`\\ "
    return f"\\ ``{text}``\\ "


def spelt(annotation: str) -> str:
    """Types of arrays by their names, and default values that are made anew as `...`: Sphinx has to read it all."""
    for written in {
        repr(ArrayLike),
        spelling.stringify_annotation(ArrayLike),
        spelling.stringify_annotation(ArrayLike, "smart"),
    }:
        annotation = annotation.replace(written, "ArrayLike")
    return ARRAY.sub(r"NDArray[\1]", annotation).replace("<factory>", "...")


def _docstring(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    text = "\n".join(lines).strip()
    of_its_type = inspect.getdoc(type(thing)) if what == "data" else None
    lines[:] = [] if text == of_its_type else restructured(text, _parameters(thing)).split("\n")


def _parameters(thing: Any) -> frozenset[str]:
    try:
        return frozenset(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return frozenset()


def _signature(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, arguments: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    return arguments and spelt(arguments), returned and spelt(returned)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("autodoc-process-signature", _signature)
    return {"parallel_read_safe": True}
