"""YAML, safely: values and never objects, of files of bounded size, and stricter than YAML about keys and text.

PyYAML reads YAML 1.1. What YAML 1.2 reads differently is refused (`010` is 8 or 10, `1:30` is 90 or text, `yes` is true
or text, `2024-01-01` is a date or text), and so are hexadecimal numbers: a plain value has one reading or none. Two
things of YAML 1.1 stay, as their meaning is clear: `1_500`, and the merge key `<<`.
"""

import re
from collections.abc import Hashable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import Reader

from study.config.messages import received, shortened
from study.system.errors import one_line
from study.system.files import regular

LARGEST_YAML = 2**18
"""Bytes of a file, which then takes seconds at most; a space has 2 thousand of them."""

MOST_YAML_VALUES = 50_000
"""Values once aliases are written out: a few lines of aliases of aliases stand for more than fit into any memory."""

_TAG = "tag:yaml.org,2002:"
_NUMBER = "a number is written in decimal digits, without zeros before them, and text in quotes"
_DIGITS = "[0-9]+(_[0-9]+)*"

_WRITTEN = {
    f"{_TAG}int": (rf"[-+]?(0|(?!0){_DIGITS})", _NUMBER),
    f"{_TAG}float": (
        rf"[-+]?({_DIGITS}(\.({_DIGITS})?)?|\.{_DIGITS})([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        _NUMBER,
    ),
    f"{_TAG}bool": ("true|True|TRUE|false|False|FALSE", "allowed: true and false, and text in quotes"),
    f"{_TAG}timestamp": ("(?!)", "text that looks like a date is written in quotes"),
}
"""The pattern that values of each type match, and the rule in words."""


class Misread(ValueError):
    """A value that the versions of YAML do not read alike. One sentence: where, the value received, what is allowed."""


def read_text(source: Path | Traversable, most: int = LARGEST_YAML) -> str:
    """The text of a file. `OSError` if it cannot be read or is too large, `UnicodeDecodeError` if it is none."""
    with (regular(source) if isinstance(source, Path) else source).open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(f"it has more than {most:,} bytes")
    return content.decode("utf-8")


def read_yaml(text: str) -> Any:
    """The value that a YAML text has; `ValueError` of one line if it has none. Tags that would make objects have none.

    A key that is written twice is an error, not the later one. 1e-3 and -.5 are numbers, as they are in YAML 1.2.
    `Misread` if a value, or a key, has another reading in YAML 1.1 than in YAML 1.2.
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except Misread:
        raise
    except RecursionError:
        raise ValueError("nested too deep") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(one_line(error)) from None


def write_yaml(value: Any) -> str:
    """The text of which `read_yaml` makes this value again."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML, stricter about keys and text and wider about numbers."""

    def get_single_node(self) -> Any:
        node = super().get_single_node()
        if node is not None and _values(node, {}) > MOST_YAML_VALUES:
            raise ValueError(f"stands for more than {MOST_YAML_VALUES:,} values once its aliases are written out")
        if node is not None:
            _check(node, "", set())
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        written = [key for key, _ in pairs if key.tag != "tag:yaml.org,2002:merge"]
        seen = set()
        for key in (self.construct_object(key, deep=True) for key in written):
            if not isinstance(key, Hashable):
                continue  # refused by the safe loader
            if key in seen:
                raise ValueError(f"{received(key)} is written twice in line {node.start_mark.line + 1} and after")
            seen.add(key)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Quotes the text that `_StrictLoader` would take for a number."""


for each in (_StrictLoader, _Dumper):
    each.add_implicit_resolver(
        f"{_TAG}float",
        re.compile(r"[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+|\.[0-9]+)$"),
        list("-+.0123456789"),
    )
    # Numbers of YAML 1.2 alone, such as 08 and 0o10: to be refused, and quoted where they are text.
    each.add_implicit_resolver(f"{_TAG}int", re.compile(r"[-+]?0(o[0-7]+|[0-9_]+)$"), list("-+0"))


def _check(node: yaml.Node, where: str, seen: set[int]) -> None:
    """`Misread` if a scalar in this node, found at `where`, is not written as values of its type are.

    `ValueError` at an odd character: an escape can write what a file may not hold, such as half a character, or what a
    terminal takes for a command.
    """
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = shortened(key.value, 60) if isinstance(key, yaml.ScalarNode) else "?"
            _check(key, where, seen)
            _check(value, f"{where}.{name}" if where else name, seen)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            _check(value, f"{where}.{i}" if where else str(i), seen)
    elif odd := Reader.NON_PRINTABLE.search(node.value):
        raise ValueError(f"{odd.group()!r} in line {node.start_mark.line + 1} is not a character of a text")
    elif node.tag in _WRITTEN:
        written, rule = _WRITTEN[node.tag]
        if not re.fullmatch(written, node.value):
            place = f"{where}: " if where else ""
            raise Misread(f"{place}received {received(node.value)} in line {node.start_mark.line + 1}; {rule}")


def _values(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node is, with every alias written out; one that holds itself counts once."""
    if id(node) not in known:
        known[id(node)] = 1
        if isinstance(node, yaml.MappingNode):
            known[id(node)] += sum(_values(key, known) + _values(value, known) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            known[id(node)] += sum(_values(value, known) for value in node.value)
    return known[id(node)]
