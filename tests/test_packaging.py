"""The wheel and the source distribution hold what runs and no more, and work away from the checkout."""

import contextlib
import os
import subprocess
import tomllib
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement

from study.config.load import available_spaces
from study.system import VERSION
from tests.wheel import installed_sdist, run_python

ROOT = Path(__file__).parent.parent


def relative(folder: Path) -> set[str]:
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if "__pycache__" not in path}


def test_every_file_of_the_packages_is_in_the_wheel(unpacked: Path) -> None:
    """Modules and data alike: search spaces, the report's template and the paper's values, weights, py.typed."""
    shipped = relative(unpacked / "study")
    linked = {f"{name}/{path}" for name in ("models", "search_spaces") for path in relative(ROOT / name)}
    assert shipped == relative(ROOT / "study") | linked
    assert {"search_spaces/dsprites.yaml", "py.typed", "report/page.html.j2"} <= shipped


def test_nothing_else_is(unpacked: Path) -> None:
    tops = {path.name for path in unpacked.iterdir()}
    assert tops == {"study", "wae_study-0.2.0.dist-info"}


def test_what_the_wheel_says_of_itself(unpacked: Path) -> None:
    about = unpacked / "wae_study-0.2.0.dist-info"
    metadata = Parser().parsestr((about / "METADATA").read_text(encoding="utf-8"))
    assert metadata["Name"] == "wae-study"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "Apache License" in (about / "licenses" / "LICENSE").read_text(encoding="utf-8")
    always = [line for line in metadata.get_all("Requires-Dist") or [] if "extra" not in line]
    needed = {line.split(">")[0].split("[")[0] for line in always}
    assert {"ray", "optuna", "torch", "torchvision", "mlflow", "pandas", "pytorch-fid", "pyyaml"} <= needed
    assert not [line for line in always if "==" in line or "<" in line]
    assert "wae-study = study.__main__:main" in (about / "entry_points.txt").read_text(encoding="utf-8")


def run_installed(unpacked: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a folder of its own, with the unpacked wheel before everything, and so before the checkout."""
    return run_python(unpacked, cwd, *arguments, PYTHONSAFEPATH="1")


def test_installed_it_is_itself_that_runs_and_knows_the_same_spaces(unpacked: Path, tmp_path: Path) -> None:
    code = "import study, study.models; from study.config.load import available_spaces, load_space"
    code += "\nprint(study.__file__, study.models.__file__)"
    code += "\nfor name in available_spaces(): print(name, load_space(name)[0].name)"
    done = run_installed(unpacked, tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    places, *names = done.stdout.splitlines()
    assert all(place.startswith(str(unpacked)) for place in places.split())
    assert [line.split()[0] for line in names] == available_spaces()


def test_installed_the_command_opens_a_space_by_name(unpacked: Path, tmp_path: Path) -> None:
    done = run_installed(unpacked, tmp_path, "-m", "study.launch", "--space", "dsprites", "--name", "a/b")
    assert done.returncode == 2
    assert done.stderr.startswith("error: --name: received 'a/b'; allowed: ")
    assert list(tmp_path.iterdir()) == []


def test_the_source_distribution_installs_the_same_files_and_its_command_runs(unpacked: Path, tmp_path: Path) -> None:
    installed = installed_sdist(tmp_path)
    assert relative(installed / "study") == relative(unpacked / "study")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [str(installed / "bin" / "wae-study"), "--version"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == VERSION


def test_the_versions_that_were_tested_satisfy_the_lower_bounds() -> None:
    constraints: dict[str, str] = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError):
            name, version = line.split("#")[0].split(";")[0].strip().split("==")
            constraints[name.lower().replace("_", "-").split("[")[0]] = version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    for requirement in map(Requirement, wanted):
        name = requirement.name.lower().replace("_", "-")
        if name == project["name"]:
            continue  # `dev` takes in another of its groups
        assert name in constraints, f"constraints.txt has no version of {name}"
        assert requirement.specifier.contains(constraints[name]), f"{requirement} does not hold {constraints[name]}"
