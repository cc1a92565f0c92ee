"""A study that one may read and not write: it is looked at, and what would write into it is refused in one sentence."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import pytest
import typer
from typer.testing import CliRunner

from study.evaluate import app as evaluate
from study.records.folder import StudyFolder
from study.report.__main__ import app as report
from study.report.write import write_report
from study.running import rescoring  # Python's own files may be out of reach of who has no privileges
from study.status import app as status
from tests.make import refused_command
from tests.report.made import make_study

NOBODY = 65534


@contextmanager
def without_privileges() -> Iterator[None]:
    """As a user who may read everything here and write nothing."""
    if os.geteuid() != 0:
        yield
        return
    try:
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    except PermissionError:
        pytest.skip("nobody's rights cannot be taken here")
    try:
        if not all(os.access(place, os.R_OK, effective_ids=True) for place in (mpl.__file__, rescoring.__file__)):
            pytest.skip("nobody can read the installation")
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folders are closed to others
    write_report([make_study(place / "demo", trials=2, pictures=False).path])  # so that everything is imported
    yield place
    shutil.rmtree(place)


@pytest.fixture
def read_only(made: Path) -> Iterator[StudyFolder]:
    """A study that was reported on, in a folder that anybody may read and, `without_privileges`, not write."""
    paths = [made, *made.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield StudyFolder(made / "demo")
    for path in paths:
        path.chmod(0o755)


def refused(app: typer.Typer, *arguments: str) -> str:
    with without_privileges():
        done = CliRunner().invoke(app, list(arguments))
    return refused_command(done)


def test_its_report_goes_elsewhere(read_only: StudyFolder) -> None:
    said = refused(report, str(read_only.path))
    assert "Permission denied; --output FOLDER puts the report elsewhere" in said
    elsewhere = Path(tempfile.mkdtemp(dir="/tmp"))
    elsewhere.chmod(0o777)
    with without_privileges():
        done = CliRunner().invoke(report, [str(read_only.path), "--output", str(elsewhere / "report")])
    assert done.exit_code == 0, (done.output, done.exception)
    assert (elsewhere / "report" / "report.html").is_file()
    shutil.rmtree(elsewhere)


def test_nothing_is_scored(read_only: StudyFolder) -> None:
    assert f"{read_only.path}: cannot be written: Permission denied" in refused(evaluate, str(read_only.path))


def test_how_it_stands_is_said(read_only: StudyFolder) -> None:
    with without_privileges():
        done = CliRunner().invoke(status, [str(read_only.path)])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "2 complete" in done.stdout


@pytest.mark.parametrize("app", [report, evaluate, status], ids=["report", "evaluate", "status"])
def test_one_that_cannot_be_read_either(app: typer.Typer, read_only: StudyFolder) -> None:
    read_only.plan.chmod(0)
    assert "Permission denied" in refused(app, str(read_only.path))
    read_only.path.chmod(0)
    assert "Permission denied" in refused(app, str(read_only.path))
