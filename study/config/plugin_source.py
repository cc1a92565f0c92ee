"""The code of a plugin: found by the name that a user gives, identified by a checksum, imported."""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from study.config.messages import received
from study.system.errors import InputError, one_line

ENTRY_POINTS = "wae_study"
"""The group of entry points in which installed packages name their plugins."""


@dataclass(frozen=True)
class Source:
    """The place of a plugin's code: plain values, for other processes.

    `file` is that of a plugin that is one; `module` is imported otherwise. `folders` are looked in for what the plugin
    imports, after all other places. `shipped` is what other machines are sent; nothing of an installed package.
    """

    name: str
    sha256: str
    module: str = ""
    file: str | None = None
    folders: tuple[str, ...] = ()
    shipped: str | None = None
    data: Mapping[str, Any] | None = None
    """The description of a user's own images, which are no code."""


def find(reference: str, base: Path) -> Source:
    """The source of the plugin that is named."""
    if reference.endswith(".py"):
        path = (base / reference).resolve()
        if not path.is_file():
            raise InputError(f"plugin {reference}: no such file: {path}")
        if not path.stem.isidentifier():
            raise InputError(f"plugin {reference}: the file's name must be a module name: letters, digits and '_'")
        folders = tuple(dict.fromkeys((str(path.parent), str(Path.cwd()))))
        return Source(path.stem, _checksum([path], path.parent), path.stem, str(path), folders, str(path))
    points = metadata.entry_points(group=ENTRY_POINTS)
    named = [point for point in points if point.name == reference]
    if len({point.value for point in named}) > 1:
        raise InputError(f"plugin {reference}: several installed packages have a plugin of this name")
    module = named[0].module if named else reference
    if not all(part.isidentifier() for part in module.split(".")):
        known = ", ".join(sorted(point.name for point in points)) or "none"
        raise InputError(
            f"plugin {received(reference)}: allowed: a file that ends in .py, a module, or a plugin of an "
            f"installed package (there is {known})"
        )
    look_in((str(Path.cwd()),))
    try:
        top = importlib.util.find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        top = None
    if top is None:
        raise InputError(
            f"plugin {reference}: no such module in this folder or among the installed packages, and no file"
        )
    roots = list(map(Path, top.submodule_search_locations or ()))
    files = [path for root in roots for path in root.rglob("*.py")] or [Path(str(top.origin))]
    folder = roots[0] if roots else files[0].parent
    installed = any(part in ("site-packages", "dist-packages") for part in folder.parts)
    shipped = None if installed else str(folder if roots else files[0])
    return Source(reference, _checksum(files, folder), module, None, (str(Path.cwd()),), shipped)


def _checksum(files: Sequence[Path], folder: Path) -> str:
    """SHA-256 of the files' names, relative to the folder, and contents."""
    content = hashlib.sha256()
    for path in sorted(files):
        content.update(f"{path.relative_to(folder).as_posix()}\n".encode() if path.is_relative_to(folder) else b"")
        content.update(hashlib.sha256(path.read_bytes()).digest())
    return content.hexdigest()


def look_in(folders: Iterable[str]) -> None:
    """Let Python look for modules in these folders too, after all other places."""
    sys.path.extend(folder for folder in folders if folder not in sys.path)


def reference_here(source: Source) -> str:
    """The reference to a plugin in this process, which may be on another machine than the one that found it."""
    look_in(source.folders)
    if source.file is None:
        return source.name
    path = Path(source.file)
    sent = None if path.is_file() else importlib.util.find_spec(path.stem)  # Ray puts what it is sent on the path
    return sent.origin if sent is not None and sent.origin is not None else source.file


def import_code(where: Source, reference: str) -> ModuleType:
    """The module. A file is run anew; of a package, what has been imported before stays as it was."""
    look_in(where.folders)
    importlib.invalidate_caches()
    try:
        if where.file is None:
            return importlib.import_module(where.module)
        name = f"wae_study_plugin_{where.name}"
        spec = importlib.util.spec_from_file_location(name, where.file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
    except (Exception, SystemExit) as error:
        raise InputError(f"plugin {reference}: cannot be imported: {one_line(error, 300, named=True)}") from error


def version_of(module: ModuleType, top: str) -> str:
    """The version of the installed package that has this top-level module, else the module's own; empty without any."""
    names = metadata.packages_distributions().get(top, ())
    return metadata.version(names[0]) if names else str(getattr(module, "__version__", ""))
