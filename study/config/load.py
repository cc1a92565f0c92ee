"""Finding and reading a search space: a name, a YAML file, or a mapping of the same content."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from study.config.messages import one_of, received, sentence, shortened
from study.config.plugins import load_data, load_plugin
from study.config.space import SearchSpace
from study.config.yaml_text import Misread, read_text, read_yaml
from study.data.own import OwnData
from study.system.errors import InputError, one_line


def load_space(space: str | Path | Mapping[str, Any], plugins: Sequence[str] = ()) -> tuple[SearchSpace, str]:
    """The space, and the study name that it has by default.

    A path that ends in .yaml is that file; other text is a name in `search_spaces`, one folder down at most
    (`paper/figure4`, whose default study name is `paper-figure4`). A mapping is the content of such a file. `plugins`
    are loaded, and those that the space names, whose paths are relative to the folder of the space. `InputError` if
    there is no such space or it is not valid.
    """
    if isinstance(space, Mapping):
        return _validated(plain_values(space), source_of(space), None, Path.cwd(), plugins)
    if not isinstance(space, str | Path):
        raise InputError(f"--space: received {received(space)}; allowed: a name, a .yaml file or a mapping")
    name_or_file = str(space)
    source, known_as = _find(name_or_file)
    try:
        text = read_text(source)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name_or_file}: cannot be read: {one_line(error)}") from None
    try:
        content = read_yaml(text)
    except Misread as error:
        raise InputError(f"{name_or_file}: {error}") from None
    except ValueError as error:
        raise InputError(f"{name_or_file}: not valid YAML: {error}") from None
    folder = source.parent if isinstance(source, Path) else Path.cwd()
    return _validated(content, name_or_file, known_as, folder, plugins)


def source_of(space: str | Path | Mapping[str, Any]) -> str:
    """The name of a space in errors: its name or file; `space` if it is a mapping."""
    return "space" if isinstance(space, Mapping) else str(space)


def plain_values(value: Any) -> Any:
    """A value as YAML gives it: mappings as dicts, tuples as lists, and NumPy's numbers and arrays as Python's.

    One that contains itself is left as it is: it is refused where it is used.
    """
    try:
        return _plain(value)
    except RecursionError:
        return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | range):
        return [_plain(each) for each in value]
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value


def _validated(
    content: Any, source: str, known_as: str | None, folder: Path, plugins: Sequence[str]
) -> tuple[SearchSpace, str]:
    """The space, with names of plugins and of the user's data instead of their descriptions."""
    if not isinstance(content, dict):
        raise InputError(f"{source}: expected a mapping, received {type(content).__name__}")
    own = content.get("plugins", [])
    if not isinstance(own, list) or not all(isinstance(each, str) for each in own):
        raise InputError(f"{source}: plugins: needs a list of files and modules; received {received(own)}")
    used = [*(load_plugin(each, folder) for each in own), *map(load_plugin, plugins)]
    try:
        if isinstance(content.get("dataset"), dict):
            own_data = _own_data(content["dataset"]).at(folder)
            used.append(load_data(own_data))
            content["dataset"] = own_data.name
        names = dict.fromkeys(plugin.name for plugin in used)
        space = SearchSpace.model_validate({**content, "plugins": list(names)})
        return space, known_as or space.name
    except ValidationError as error:
        raise InputError(f"{source}: {sentence(error)}") from None
    except ValueError as error:
        raise InputError(f"{source}: {error}") from None


def _own_data(content: dict[str, Any]) -> OwnData:
    try:
        return OwnData.model_validate(content)
    except ValidationError as error:
        raise ValueError(f"dataset.{sentence(error)}") from None


def available_spaces() -> list[str]:
    """The names that `--space` knows."""
    root = files("study.search_spaces")
    names = [_stem(entry) for entry in root.iterdir() if entry.name.endswith(".yaml")]
    paper = root.joinpath("paper")
    if paper.is_dir():
        names += [f"paper/{_stem(entry)}" for entry in paper.iterdir() if entry.name.endswith(".yaml")]
    return sorted(names)


def _find(name_or_file: str) -> tuple[Traversable, str | None]:
    """The file of the space, and the default name of its studies; None for a user's file, which has its own `name`."""
    if name_or_file.endswith((".yaml", ".yml")):
        path = Path(name_or_file)
        try:
            there = path.is_file()
        except OSError:  # no name of a file at all, such as one of thousands of characters
            there = False
        if not there:
            meant = name_or_file.rpartition(".")[0]
            name = meant if meant in available_spaces() else "dsprites"
            raise InputError(
                f"--space: no such file: {shortened(name_or_file)}; "
                f"without .yaml it names a space that comes with the package, such as {name}"
            )
        return path, None
    if name_or_file not in available_spaces():
        allowed = one_of(available_spaces(), name_or_file, ", or a .yaml file")
        raise InputError(f"--space: received {received(name_or_file)}; {allowed}")
    return files("study.search_spaces").joinpath(f"{name_or_file}.yaml"), name_or_file.replace("/", "-")


def _stem(entry: Traversable) -> str:
    return entry.name.removesuffix(".yaml")
