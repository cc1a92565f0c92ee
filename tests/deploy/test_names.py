"""What no schema sees: the commands, options, modules, files, variables and versions that deploy/ and docs name."""

import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import click
import pytest
import typer
from sqlalchemy.exc import NoSuchModuleError

from study.system.errors import InputError
from tests.deploy.commands import check_words, file_commands, guide_commands, programs
from tests.deploy.files import DEPLOY, GUIDE, ROOT, documents

pytestmark = pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning")  # MLflow's own

FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in [*FILES, GUIDE]}
PINNED = dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMMANDS = [words for line in [*guide_commands(), *file_commands()] for words in programs(line)]

OTHERS = {  # variables that neither we nor Ray nor MLflow read, and who does
    "PGPASSWORD": "libpq, and so psycopg",
    "POSTGRES_USER": "PostgreSQL's image",
    "POSTGRES_PASSWORD": "PostgreSQL's image",
    "NVIDIA_VISIBLE_DEVICES": "NVIDIA's container runtime",
    "NVIDIA_DRIVER_CAPABILITIES": "NVIDIA's container runtime",
    "PYTHONUNBUFFERED": "Python",
    "RAY_HEAD_IP": "set by Ray's cluster launcher for the commands that start workers",
}

REFUSALS = (AssertionError, InputError, NoSuchModuleError, click.ClickException, typer.main._click.ClickException)


def sources() -> Iterator[str]:
    yield from (path.read_text(encoding="utf-8") for path in (ROOT / "study").rglob("*.py"))
    ray, mlflow = resources.files("ray"), resources.files("mlflow")
    yield (ray / "exceptions.py").read_text()
    yield (ray / "_private" / "authentication" / "authentication_token_setup.py").read_text()
    yield (ray / "_common" / "usage" / "usage_constants.py").read_text()
    yield (mlflow / "environment_variables.py").read_text()
    yield (mlflow / "cli" / "__init__.py").read_text()


KNOWN = "\n".join(sources())


def check_variables(text: str) -> None:
    for name in set(re.findall(r"\b((?:RAY|MLFLOW|WAE_STUDY|PG|POSTGRES|NVIDIA|PYTHON)_?[A-Z][A-Z_]+)\b", text)):
        assert name in OTHERS or re.search(rf"\b{name}\b", KNOWN), f"nothing reads {name}"


def check_paths(text: str) -> None:
    """Files of the project that are named with their folder; `deploy/.env` is the reader's own."""
    named = set(re.findall(r"(?<![\w/.])((?:deploy|docs|study|models|tests)/[\w./-]*\w)", text)) - {"deploy/.env"}
    named |= {f"docs/{link}" for link in re.findall(r"\]\((?!http|#)([^)#]+)", text)}
    for path in named:
        assert (ROOT / path).exists(), f"no {path}"


def check_copies(dockerfile: str) -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [word for line in re.findall(r"^COPY (.*)$", dockerfile, re.MULTILINE) for word in line.split()[:-1]]
    for path in copied:
        assert (ROOT / path).exists(), f"no {path}"
        assert f"!{path}" in ignored, f"{path} is kept out of the build"
    for extra in re.findall(r"'\.\[([\w,]+)\]'", dockerfile):
        assert extra in PROJECT["optional-dependencies"], f"no group {extra}"


def check_versions(text: str) -> None:
    for image in re.findall(r"wae-study:([\w.]+)", text):
        assert image == PROJECT["version"], f"our image is {image}"
    for version in re.findall(r"rayVersion: (\S+)", text):
        assert version == PINNED["ray"], f"Ray is {version}"
    for version in re.findall(r"^FROM python:([\d.]+)", text, re.MULTILINE):
        assert f"Python {version}" in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()[0]
    for group in re.findall(r"ray\[([\w,]+)\]", text):
        assert f"ray[{group}]" in PROJECT["optional-dependencies"]["cluster"]


CHECKS = (check_variables, check_paths, check_versions)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("check", CHECKS)
def test_what_is_named_is_there(name: str, check: object) -> None:
    assert callable(check)
    check(TEXTS[name])


def test_what_goes_into_the_image_is_there() -> None:
    check_copies(TEXTS["deploy/Dockerfile"])


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_could_be_run(words: list[str]) -> None:
    if not check_words(words):
        known = {"docker", "kubectl", "ssh", "chmod", "cp", "sed", "flock", "echo", "pg_isready", "wget", "ray-head"}
        assert words[0] in known, f"{words[0]} is looked at by nobody"


def test_the_commands_are_found() -> None:
    ours = [words for words in COMMANDS if words[:3] == ["python", "-m", "study.launch"]]
    assert len(ours) >= 6
    assert {tuple(words[:2]) for words in COMMANDS} >= {
        ("ray", "start"),
        ("ray", "job"),
        ("ray", "stop"),
        ("ray", "health-check"),
        ("mlflow", "server"),
        ("docker", "compose"),
        ("kubectl", "create"),
    }


@pytest.mark.parametrize(
    "line",
    [
        "python -m study.launches --space dsprites",
        "python -m study.launch --spaces dsprites",
        "python -m study.launch --space dsprite",
        "python -m study.launch --space dsprites --preset papers",
        "python -m study.launch --space dsprites --gpus-per-trial half",
        "python -m study.launch --space dsprites --address auto --output runs",
        "python -m study.launch --space dsprites --storage postgresql+psycopg://me:secret@there/optuna",
        "python -m study.launch --space dsprites --storage postgresql+nothing://me@there/optuna",
        "ray start --head --ports=6379",
        "ray begin --head",
        "ray job submits -- python",
        "ray job submit --adress http://127.0.0.1:8265 -- python",
        "ray stop --grace-period soon",
        "mlflow server --worker 1",
        "docker compose exec ray-head ray job submit -- python -m study.launch --space nothing",
    ],
)
def test_a_command_that_could_not_be_run_is_refused(line: str) -> None:
    with pytest.raises(REFUSALS):
        [check_words(words) for words in programs(line)]


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (check_variables, "RAY_AUTH_MODES=token"),
        (check_variables, "WAE_STUDY_CASH: /shared"),
        (check_variables, "MLFLOW_BACKEND_STORAGE_URI"),
        (check_paths, "see deploy/compose.yml"),
        (check_paths, "[the guide](clusters.md)"),
        (check_copies, "COPY pyproject.toml modules ./"),
        (check_copies, "COPY tests tests"),
        (check_copies, "pip install '.[clusters]'"),
        (check_versions, "image: wae-study:0.0.9"),
        (check_versions, "rayVersion: 2.59.0"),
        (check_versions, "FROM python:3.10-slim"),
        (check_versions, "ray[defaults]"),
    ],
)
def test_a_name_that_is_not_there_is_refused(check: object, text: str) -> None:
    assert callable(check)
    with pytest.raises(AssertionError):
        check(text)


def test_every_place_to_fill_in_is_named_in_the_guide_or_the_file() -> None:
    (cluster,) = documents("ray-cluster.yaml")
    text = Path(DEPLOY / "ray-cluster.yaml").read_text(encoding="utf-8")
    for place in set(re.findall(r"\b(REGISTRY|FILE_SYSTEM)\b", str(cluster))):
        assert re.search(rf"^# To replace:.*\b{place}\b", text, re.MULTILINE)
    assert "REGISTRY" in TEXTS["deploy/rayjob.yaml"]
    assert "s|REGISTRY|" in TEXTS["docs/cluster.md"]
