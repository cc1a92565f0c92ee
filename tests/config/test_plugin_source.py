"""Where plugins are: files, modules of the current folder, installed packages; and what identifies their code."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest

from study.config import plugin_source, plugins
from study.config.plugin_source import find
from tests.made_plugins import RINGS, forgotten, write
from tests.make import refused

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    paths, modules = list(sys.path), set(sys.modules)
    with forgotten("mine", "mylab.things", "things"):
        yield
    sys.path[:] = paths
    for name in set(sys.modules) - modules:
        if name.partition(".")[0] in ("mylab", "wae_study_plugin_mine"):
            del sys.modules[name]


def package(folder: Path) -> None:
    write(folder / "mylab", "", "__init__")
    write(folder / "mylab", "WIDTH = 5\n", "sizes")
    write(folder / "mylab", RINGS.replace("Setting(int, 5", "Setting(int, WIDTH") + "\n", "things")
    things = folder / "mylab/things.py"
    things.write_text("from mylab.sizes import WIDTH\n" + things.read_text(encoding="utf-8"), encoding="utf-8")


def test_a_file_is_found_from_the_folder_that_names_it(tmp_path: Path) -> None:
    path = write(tmp_path / "lab")
    assert find("./mine.py", tmp_path / "lab") == find("lab/mine.py", tmp_path)
    assert find(str(path), Path("/")).file == str(path)


def test_a_module_of_the_current_folder_is_found_and_its_whole_package_counts(tmp_path: Path) -> None:
    package(tmp_path)
    source = find("mylab.things", tmp_path)
    assert (source.module, source.shipped) == ("mylab.things", str(tmp_path / "mylab"))
    plugin = plugins.load_plugin("mylab.things")
    assert plugin.networks["own-network"].settings["width"].default == 5
    write(tmp_path / "mylab", "WIDTH = 6\n", "sizes")
    assert find("mylab.things", tmp_path).sha256 != source.sha256
    assert refused(plugins.load_plugin, "mylab.things") == (
        "plugin mylab.things: it has changed since it was imported; start Python again"
    )
    write(tmp_path / "mylab", "WIDTH = 5\n", "sizes")
    assert find("mylab.things", tmp_path).sha256 == source.sha256


def test_a_plugin_imports_what_is_beside_it_and_in_the_current_folder(tmp_path: Path) -> None:
    write(tmp_path / "widths", "WIDTH = 7\n", "__init__")
    write(tmp_path / "lab", "GROUPS = 9\n", "beside")
    text = "from widths import WIDTH\nfrom beside import GROUPS\n"
    text += RINGS.replace("Setting(int, 5", "Setting(int, WIDTH")
    path = write(tmp_path / "lab", text.replace("Setting(int, 4", "Setting(int, GROUPS"))
    plugin = plugins.load_plugin(str(path))
    assert plugin.networks["own-network"].settings["width"].default == 7
    assert plugin.families["own-vae"].settings["groups"].default == 9
    for name in ("widths", "beside"):
        del sys.modules[name]


def test_installed_packages_name_their_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path)
    points = [EntryPoint("things", "mylab.things", "wae_study")]
    monkeypatch.setattr(plugin_source.metadata, "entry_points", lambda group: EntryPoints(points).select(group=group))
    assert plugins.load_plugin("things").name == "things"
    points.append(EntryPoint("things", "mylab.others", "wae_study"))
    assert refused(find, "things", tmp_path) == "plugin things: several installed packages have a plugin of this name"
    assert refused(find, "a b", tmp_path) == (
        "plugin 'a b': allowed: a file that ends in .py, a module, or a plugin of an installed package "
        "(there is things, things)"
    )


FOUND = """
import json, sys
from dataclasses import asdict
from study.config import plugins
from study.config.families import FAMILIES
source = json.loads(sys.argv[1]) if len(sys.argv) > 1 else None
plugin = plugins.loaded("tiny-lab") if source and not plugins.load_source(source) else plugins.load_plugin("tiny-lab")
(here,) = plugins.sources([plugin])
print(json.dumps({"source": asdict(here), "version": plugin.version, "family": "own-vae" in FAMILIES}))
"""


def test_a_package_that_is_installed_is_found_by_its_entry_point(tmp_path: Path) -> None:
    """In a process of its own, and then in another one that is told what the first has found, as Ray's workers are."""
    installed = tmp_path / "site-packages"
    package(installed)
    about = installed / "tiny_lab-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-lab\nVersion: 1.2\n", encoding="utf-8")
    (about / "top_level.txt").write_text("mylab\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[wae_study]\ntiny-lab = mylab.things\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(installed), str(ROOT)))}

    def found(*arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-c", FOUND, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    first = found()
    assert (first["version"], first["family"]) == ("1.2", True)
    assert (first["source"]["module"], first["source"]["shipped"]) == ("mylab.things", None)
    assert found(json.dumps(first["source"])) == first


def test_an_installed_package_is_not_sent_to_other_machines(tmp_path: Path) -> None:
    assert find("numpy", tmp_path).shipped is None


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("none.py", "plugin none.py: no such file: "),
        ("nowhere", "plugin nowhere: no such module in this folder or among the installed packages, and no file"),
        ("nowhere.things", "plugin nowhere.things: no such module"),
        ("a-b.py", "plugin a-b.py: the file's name must be a module name"),
        ("", "plugin '': allowed: a file"),
        ("../x", "plugin '../x': allowed: a file"),
        ("mylab.nothing", "plugin mylab.nothing: cannot be imported: ModuleNotFoundError: "),
    ],
)
def test_what_is_not_there_is_one_sentence(reference: str, expected: str, tmp_path: Path) -> None:
    package(tmp_path)
    write(tmp_path, name="a-b")
    assert refused(plugins.load_plugin, reference).startswith(expected)
