"""Plugins: modules of users that provide families, networks, datasets and metrics.

A plugin is one file or one package that has some of the dicts `FAMILIES`, `NETWORKS`, `DATASETS` and `METRICS`. Loading
it adds their entries to ours. Its declarations, without its code, are kept in `study.yaml`, so that a study is
reported, opened and compared without the plugin: only training and scoring run it.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from study.config.families import FAMILIES, Family
from study.config.messages import received, sentence
from study.config.networks import NETWORKS, Architecture
from study.config.plugin_source import Source, find, import_code, reference_here, version_of
from study.config.setting import Setting
from study.config.trial import TrialConfig, declared
from study.config.values import NAME_PATTERN, NAME_RULE
from study.data import DATASETS, Description
from study.data.own import OwnData
from study.metrics import METRICS, Direction, Metric
from study.system import git
from study.system.errors import InputError

RESERVED = ("_", "validation_", "full_", "rung", "planned")
"""Beginnings of names that columns of the records have for something else."""

TAKEN = frozenset(
    {
        *("code_version", "config_id", "data", "device", "group", "images_trained", "lost", "mlflow", "mlflow_run_id"),
        *("numpy", "optuna", "peak_memory_mib", "platform", "plugins", "python", "ray", "reason", "replicate"),
        *("scored_again", "state", "steps_trained", "study", "threads", "torch", "trial"),
        *TrialConfig.model_fields,
    }
)
"""Names that no setting or metric of a plugin may have: other columns have them, of the records or of the report."""


class DeclaredFamily(BaseModel):
    """A family without its code."""

    settings: dict[str, Setting] = {}
    network: str | None = None


class DeclaredNetwork(BaseModel):
    """A network without its code."""

    settings: dict[str, Setting] = {}


class DeclaredDataset(BaseModel):
    """A dataset without its images."""

    image_shape: tuple[int, int, int]
    offers: tuple[str, ...] = ()


class DeclaredMetric(BaseModel):
    """A metric without its function."""

    direction: Direction | None
    unit: str
    description: str
    needs: str | None = None
    costly: bool = False
    always: bool = False


class Plugin(BaseModel):
    """A plugin as `study.yaml` has it: which code it is, and what it declares."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """The file's name without `.py`, the module's, or that of the entry point."""

    reference: str
    """The name that the user gave."""

    sha256: str
    """The checksum of its file, or of all modules of its package."""

    version: str = ""
    commit: str = ""
    families: dict[str, DeclaredFamily] = {}
    data: OwnData | None = None
    """A user's own images, which are described in the space: a plugin without code, with one dataset."""

    networks: dict[str, DeclaredNetwork] = {}
    datasets: dict[str, DeclaredDataset] = {}
    metrics: dict[str, DeclaredMetric] = {}

    @property
    def label(self) -> str:
        """Its name in a sentence."""
        return self.name if self.data is not None else f"plugin {self.name}"

    @property
    def version_text(self) -> str:
        """Its name, version, commit and checksum, as far as there are any."""
        return " ".join(filter(None, (self.name, self.version, self.commit, self.sha256[:12])))


@dataclass(frozen=True)
class _Loaded:
    plugin: Plugin
    source: Source


_SETTINGS_ARE = "settings must be a dict from names to Setting"

_loaded: dict[str, _Loaded] = {}
_owners: dict[tuple[str, str], str] = {}
"""The plugin that an entry is of, by the dict's name and its own; ours are not in it."""

_DICTS: dict[str, tuple[dict[str, Any], type]] = {
    "FAMILIES": (FAMILIES, Family),
    "NETWORKS": (NETWORKS, Architecture),
    "DATASETS": (DATASETS, Description),
    "METRICS": (METRICS, Metric),
}


def load_plugin(reference: str, base: Path | None = None) -> Plugin:
    """Import the plugin that a user names, and add what it provides to ours.

    `reference` is a file (`./mine.py`, from the folder `base`, by default the current one), the name of an entry point
    of an installed package, or a module (`mylab.things`). One that is loaded already is loaded again if it has changed.
    `InputError` in one sentence if there is none, it raises, or what it provides is not allowed.
    """
    where = find(reference, base or Path.cwd())
    earlier = _loaded.get(where.name)
    if earlier is not None and (earlier.source.file, earlier.source.module) != (where.file, where.module):
        raise InputError(f"plugin {reference}: another plugin has the name {where.name!r} too; rename one of them")
    if earlier is not None and earlier.source.sha256 == where.sha256:
        return earlier.plugin
    if earlier is not None and where.file is None:
        raise InputError(f"plugin {reference}: it has changed since it was imported; start Python again")
    module = import_code(where, reference)
    given = {name: _entries(module, name, reference) for name in _DICTS}
    if not any(given.values()):
        raise InputError(f"plugin {reference}: expected at least one of {', '.join(_DICTS)}; they are missing or empty")
    forget(where.name)
    _check_names(given, where.name, reference)
    plugin = _described(where, reference, module, given)
    for kind, entries in given.items():
        _provide(kind, entries, where.name)
    _loaded[where.name] = _Loaded(plugin, where)
    return plugin


def load_data(own: OwnData) -> Plugin:
    """Add a user's own images to the datasets of this project. They are decoded on first use, which takes a while.

    `InputError` in one sentence if they cannot be read, or if their name is taken.
    """
    name, sha256 = f"dataset {own.name}", own.checksum()
    earlier = _loaded.get(name)
    if earlier is not None and (earlier.plugin.data, earlier.plugin.sha256) == (own, sha256):
        return earlier.plugin
    forget(name)
    whose = _taken("DATASETS", own.name)
    if whose:
        raise InputError(f"dataset: {own.name!r} is already a dataset {whose}; set another name with name: …")
    description = own.describe()
    _provide("DATASETS", {own.name: description}, name)
    datasets = {own.name: _declared_dataset(description)}
    plugin = Plugin(name=name, reference=str(own.path), sha256=sha256, data=own, datasets=datasets)
    _loaded[name] = _Loaded(plugin, Source(name, sha256, data=own.model_dump(mode="json")))
    return plugin


def load_source(source: Mapping[str, Any]) -> None:
    """Load a plugin in another process than the one that found it, and maybe on another machine: see `sources`."""
    wanted = Source(**{**source, "folders": tuple(source["folders"])})
    if wanted.name in _loaded and _loaded[wanted.name].source.sha256 == wanted.sha256:
        return
    forget(wanted.name)
    here = load_data(OwnData(**wanted.data)) if wanted.data else load_plugin(reference_here(wanted))
    if here.sha256 != wanted.sha256:
        raise InputError(
            f"plugin {wanted.name}: its code on this machine differs from the code with which the study was started"
        )


def all_loaded() -> list[Plugin]:
    """Every plugin with code that this process has loaded."""
    return [each.plugin for each in _loaded.values() if each.plugin.data is None]


def loaded(name: str) -> Plugin:
    """A plugin that this process has loaded."""
    return _loaded[name].plugin


def sources(plugins: Iterable[Plugin]) -> list[Source]:
    """The places of the code of these plugins, all of which are loaded."""
    return [_loaded[plugin.name].source for plugin in plugins]


def shipped(plugins: Iterable[Plugin]) -> list[str]:
    """The files and folders of their code that the machines of a cluster are sent."""
    return [source.shipped for source in sources(plugins) if source.shipped]


def check_loaded(plugins: Iterable[Plugin]) -> None:
    """`InputError` unless the plugins of a study are loaded, and are the same code as in the study.

    A user's own images, which are no code, are looked for where they were.
    """
    for plugin in plugins:
        if plugin.data is not None:
            load_data(plugin.data)
        here = _loaded.get(plugin.name)
        if here is None:
            raise InputError(f"the study needs its plugin {plugin.name}; name it with --plugin {plugin.reference}")
        if here.source.sha256 != plugin.sha256:
            raise InputError(f"{plugin.label}: {different(plugin, here.plugin)}")


def different(one: Plugin, other: Plugin) -> str:
    """That two plugins of one name are not the same code, in words."""
    if one.data is not None:
        return f"its images differ from those of the study, {one.sha256[:12]}; received {other.sha256[:12]}"
    return f"the study was started with {one.version_text}, received {other.version_text}"


def declare(plugins: Iterable[Plugin]) -> None:
    """Add what plugins declare to ours, without their code, where a loaded plugin does not provide it."""
    for plugin in plugins:
        if plugin.name in _loaded:
            continue
        forget(plugin.name)
        missing = partial(_not_loaded, plugin)
        made: dict[str, dict[str, Any]] = {
            "FAMILIES": {n: Family(missing, missing, f.settings, f.network) for n, f in plugin.families.items()},
            "NETWORKS": {n: Architecture(missing, each.settings) for n, each in plugin.networks.items()},
            "DATASETS": {
                n: Description(d.image_shape, frozenset(d.offers), missing) for n, d in plugin.datasets.items()
            },
            "METRICS": {n: Metric(**m.model_dump()) for n, m in plugin.metrics.items()},
        }
        for kind, entries in made.items():
            _provide(kind, {name: each for name, each in entries.items() if not _taken(kind, name)}, plugin.name)


def _provide(kind: str, entries: Mapping[str, Any], plugin: str) -> None:
    _DICTS[kind][0].update(entries)
    _owners.update({(kind, name): plugin for name in entries})


def _taken(kind: str, name: str) -> str:
    """Whose entry of this name has code: this project's, or a loaded plugin's; empty if there is none."""
    if name not in _DICTS[kind][0]:
        return ""
    owner = _owners.get((kind, name))
    return "of this project" if owner is None else f"of the plugin {owner}" if owner in _loaded else ""


def declare_stored(content: Any) -> None:
    """The same for the plugins of a `study.yaml`. `pydantic.ValidationError` if they are not as it has them."""
    declare(TypeAdapter(tuple[Plugin, ...]).validate_python(content or ()))


def forget(name: str) -> None:
    """Take out what a plugin has provided or declared."""
    _loaded.pop(name, None)
    for kind, entry in [key for key, owner in _owners.items() if owner == name]:
        _DICTS[kind][0].pop(entry, None)
        del _owners[kind, entry]


def _not_loaded(plugin: Plugin, *arguments: Any, **named: Any) -> NoReturn:
    raise InputError(f"it comes from the plugin {plugin.name} ({plugin.reference}), which is not loaded")


def _entries(module: ModuleType, kind: str, reference: str) -> Mapping[str, Any]:
    entries = getattr(module, kind, {})
    wanted = _DICTS[kind][1]
    if not isinstance(entries, Mapping):
        raise InputError(f"plugin {reference}: {kind} needs to be a dict; received {received(entries)}")
    for name, entry in entries.items():
        if not isinstance(name, str) or not isinstance(entry, wanted):
            raise InputError(
                f"plugin {reference}: {kind} must be a dict from names to {wanted.__name__}; "
                f"received {received(name)}: {received(entry)}"
            )
    return entries


def _check_names(given: Mapping[str, Mapping[str, Any]], plugin: str, reference: str) -> None:
    """`InputError` for a name that cannot be one, or that is taken."""
    settings = declared()
    for kind in ("FAMILIES", "NETWORKS"):
        for owner, entry in given[kind].items():
            where = f"plugin {reference}: {owner}"
            if not isinstance(entry.settings, Mapping):
                raise InputError(f"{where}: {_SETTINGS_ARE}; received {received(entry.settings)}")
            for name, setting in entry.settings.items():
                _check_setting(name, setting, where, settings)
            settings = {**entry.settings, **settings}
    for kind, entries in given.items():
        for name in entries:
            if kind == "METRICS":
                _check_column(name, f"plugin {reference}", "metric", settings)
                if entries[name].of_codes is None and entries[name].of_model is None:
                    raise InputError(f"plugin {reference}: {name} needs its function, of_codes or of_model")
            elif not NAME_PATTERN.fullmatch(name):
                raise InputError(f"plugin {reference}: {kind}: received {received(name)}; {NAME_RULE}")
            elif kind == "DATASETS" and not isinstance(entries[name].offers, Set):
                offers = received(entries[name].offers)
                raise InputError(f"plugin {reference}: {name}: offers must be a frozenset of texts; received {offers}")
            whose = _taken(kind, name)
            if whose:
                raise InputError(f"plugin {reference}: {kind}: {name!r} is already a name {whose}; choose another name")


def _check_setting(name: Any, setting: Any, where: str, known: Mapping[str, Setting]) -> None:
    if not isinstance(name, str) or not isinstance(setting, Setting):
        raise InputError(f"{where}: {_SETTINGS_ARE}; received {received(name)}: {received(setting)}")
    _check_column(name, where, "setting", METRICS)
    if name in known and known[name].type is not setting.type:
        raise InputError(
            f"{where}: {name} is of type {known[name].type.__name__} already; received {setting.type.__name__}"
        )


def _check_column(name: str, where: str, what: str, others: Collection[str]) -> None:
    """`InputError` unless this can be a column of the records. `others` are those of the other kind."""
    if not name.isidentifier() or name.startswith(RESERVED) or name.endswith("_seconds"):
        raise InputError(
            f"{where}: received {received(name)}; a setting or metric has letters, digits and '_', and does not "
            f"begin with {', '.join(RESERVED)} or end with _seconds"
        )
    if name in TAKEN or name in others or hasattr(BaseModel, name):
        raise InputError(f"{where}: {name} already has another meaning; choose another name for the {what}")


def _declared_dataset(description: Description) -> DeclaredDataset:
    return DeclaredDataset(image_shape=description.image_shape, offers=tuple(sorted(description.offers)))


def _described(where: Source, reference: str, module: ModuleType, given: Mapping[str, Mapping[str, Any]]) -> Plugin:
    folder = Path(where.file).parent if where.file else Path(str(getattr(module, "__file__", "."))).parent
    try:
        return Plugin(
            name=where.name,
            reference=reference,
            sha256=where.sha256,
            version=version_of(module, where.module.partition(".")[0]),
            commit=git.commit_of(folder),
            families={
                name: DeclaredFamily(settings=dict(family.settings), network=family.network)
                for name, family in given["FAMILIES"].items()
            },
            networks={n: DeclaredNetwork(settings=dict(each.settings)) for n, each in given["NETWORKS"].items()},
            datasets={name: _declared_dataset(each) for name, each in given["DATASETS"].items()},
            metrics={
                name: DeclaredMetric(**{field: getattr(metric, field) for field in DeclaredMetric.model_fields})
                for name, metric in given["METRICS"].items()
            },
        )
    except ValidationError as error:
        raise InputError(f"plugin {reference}: {sentence(error)}") from None
