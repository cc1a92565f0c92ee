"""YAML, safely: values and never objects, of files of bounded size, and stricter than YAML about keys and text."""

import re
from collections.abc import Hashable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import Reader

from study.config.messages import received
from study.folder import regular

LARGEST = 2**18
"""Bytes of a file, which then takes seconds at most; a space has 2 thousand of them."""

MOST_VALUES = 50_000
"""Values once aliases are written out: a few lines of aliases of aliases stand for more than fit into any memory."""


def read_text(source: Path | Traversable, most: int = LARGEST) -> str:
    """The text of a file. `OSError` if it cannot be read or is too large, `UnicodeDecodeError` if it is none."""
    with (regular(source) if isinstance(source, Path) else source).open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(f"it has more than {most:,} bytes")
    return content.decode("utf-8")


def read_yaml(text: str) -> Any:
    """The value that a YAML text has; `ValueError` of one line if it has none. Tags that would make objects have none.

    A key that is written twice is an error, not the later one, and 1e-3 is a number, as it is in YAML 1.2.
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(" ".join(str(error).split())) from None


def write_yaml(value: Any) -> str:
    """The text of which `read_yaml` makes this value again."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML, stricter about keys and text and wider about numbers."""

    def get_single_node(self) -> Any:
        node = super().get_single_node()
        if node is not None and _values(node, {}) > MOST_VALUES:
            raise ValueError(f"stands for more than {MOST_VALUES:,} values once its aliases are written out")
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

    def construct_scalar(self, node: Any) -> Any:
        """An escape can write what a file may not hold: half a character, or what a terminal takes for a command."""
        value = super().construct_scalar(node)
        odd = Reader.NON_PRINTABLE.search(value)
        if odd:
            raise ValueError(f"{odd.group()!r} in line {node.start_mark.line + 1} is no character of a text")
        return value


class _Dumper(yaml.SafeDumper):
    """Quotes the text that `_StrictLoader` would take for a number."""


for each in (_StrictLoader, _Dumper):
    each.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+$"),
        list("-+.0123456789"),
    )


def _values(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node is, with every alias written out; one that holds itself counts once."""
    if id(node) not in known:
        known[id(node)] = 1
        if isinstance(node, yaml.MappingNode):
            known[id(node)] += sum(_values(key, known) + _values(value, known) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            known[id(node)] += sum(_values(value, known) for value in node.value)
    return known[id(node)]
