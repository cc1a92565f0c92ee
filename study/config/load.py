"""Finding and reading the YAML of a search space."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from study.config.messages import sentence
from study.config.space import SearchSpace
from study.errors import InputError


def load_space(name_or_file: str) -> tuple[SearchSpace, str]:
    """The space, and the study name that it has by default.

    A path that ends in .yaml is that file; anything else is a name in `search_spaces`, one folder down at most
    (`paper/figure4`, whose default study name is `paper-figure4`). `InputError` if there is none or it is not valid.
    """
    source, default_name = _find(name_or_file)
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name_or_file}: cannot be read: {' '.join(str(error).split())}") from None
    try:
        content = read_yaml(text)
    except ValueError as error:
        raise InputError(f"{name_or_file}: not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise InputError(f"{name_or_file}: a search space is a mapping; received {type(content).__name__}")
    try:
        return SearchSpace.model_validate(content), default_name
    except ValidationError as error:
        raise InputError(f"{name_or_file}: {sentence(error)}") from None


def available() -> list[str]:
    """The names that `--space` knows."""
    root = files("search_spaces")
    names = [_stem(entry) for entry in root.iterdir() if entry.name.endswith(".yaml")]
    paper = root.joinpath("paper")
    if paper.is_dir():
        names += [f"paper/{_stem(entry)}" for entry in paper.iterdir() if entry.name.endswith(".yaml")]
    return sorted(names)


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


def _find(name_or_file: str) -> tuple[Traversable, str]:
    if name_or_file.endswith((".yaml", ".yml")):
        path = Path(name_or_file)
        if not path.is_file():
            raise InputError(f"--space: no such file: {name_or_file}")
        return path, path.stem
    if name_or_file not in available():
        raise InputError(f"--space: received {name_or_file!r}; allowed are {', '.join(available())}, or a .yaml file")
    return files("search_spaces").joinpath(f"{name_or_file}.yaml"), name_or_file.replace("/", "-")


def _stem(entry: Traversable) -> str:
    return entry.name.removesuffix(".yaml")


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML, stricter about keys and wider about numbers."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        written = [key for key, _ in pairs if key.tag != "tag:yaml.org,2002:merge"]
        keys = [self.construct_object(key, deep=True) for key in written]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"{key!r} is written twice in line {node.start_mark.line + 1} and after")
        return super().construct_mapping(node, deep)


_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+$"), list("-+.0123456789")
)
