"""Where a report goes, and what is said where it cannot go there."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from typer.testing import CliRunner

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.report.__main__ import app
from study.report.read.album import Album
from study.report.read.studies import load_studies
from study.report.write import home_of, write_report
from study.system.errors import InputError
from tests.report.made import Make, make_study


def studies(tmp_path: Path, *names: str) -> list[StudyFolder]:
    return [StudyFolder(tmp_path / name) for name in names]


def test_by_default(tmp_path: Path) -> None:
    one, two, three = studies(tmp_path, "one", "two", "far/three")
    assert home_of([one]) == one
    assert home_of([one, two]).path == tmp_path / "one+two"
    assert home_of([three, one]).path == tmp_path / "far" / "three+one"


def test_the_default_name_is_that_of_no_study(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allowed: letters"):
        StudyPlan.model_validate({"name": home_of(studies(tmp_path, "one", "two")).path.name})


def test_a_name_that_would_be_too_long(tmp_path: Path) -> None:
    many = studies(tmp_path, *(f"{number:050}" for number in range(4)))
    with pytest.raises(InputError, match=r"--output: needed for a report of 4 studies .* 203 characters .* 200 are"):
        home_of(many)
    assert home_of(many, tmp_path / "all").path == tmp_path / "all"


def test_a_named_folder(make: Make, tmp_path: Path) -> None:
    one, two = make("one", trials=2, pictures=False), make("two", trials=2, pictures=False)
    assert home_of([one, two], tmp_path / "new").path == tmp_path / "new"
    assert home_of([one], tmp_path / "new").path == tmp_path / "new"
    (tmp_path / "link").symlink_to(one.path)
    assert home_of([one], tmp_path / "link") == one
    for taken in (one.path, two.path, tmp_path / "link"):
        with pytest.raises(InputError, match=r"--output: received .*, which holds a study, whose own report"):
            home_of([one, two], taken)


def test_a_comparison_leaves_the_reports_of_its_studies_alone(make: Make, tmp_path: Path) -> None:
    one, two = make("one", trials=2, pictures=False), make("two", trials=2, pictures=False)
    one.report.write_text("its own")
    both = write_report([one.path, two.path])
    assert both.report == tmp_path / "one+two" / "report.html"
    assert both.figures
    assert all(path.is_file() and path.parent == both.report.parent / "figures" for path in both.figures)
    assert (both.report.parent / "explore.html").is_file()
    assert one.report.read_text() == "its own"
    assert not one.figures.exists()
    assert not two.report.exists()


@pytest.mark.parametrize("name", ["what?", "x #1 100%", "a@b&c=d", "größe", "%41"])
def test_links_lead_to_files_whatever_the_folder_is_called(name: str, tmp_path: Path) -> None:
    study = make_study(tmp_path / name / "one", trials=1)
    page = tmp_path / "reports" / name / "report.html"
    page.parent.mkdir(parents=True)
    album = Album(page, room=0)
    (loaded,) = load_studies([study.path])
    links = [*(picture.link for picture in album.of(loaded, 0)), album.link(study.records)]
    assert len(links) == 4
    for link in links:
        assert (page.parent / unquote(link)).is_file()
        assert urlsplit(link).path == link


def test_a_name_that_is_no_text_can_be_linked(make: Make, tmp_path: Path) -> None:
    album = Album(tmp_path / "report.html")
    assert album.link(Path(os.fsdecode(bytes(tmp_path) + b"/\xff/records.csv"))) == "%FF/records.csv"


def test_a_folder_without_a_name(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one = make("one", trials=2, pictures=False)
    monkeypatch.chdir(one.path)
    done = CliRunner().invoke(app, ["."])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == f"Report: {one.report}"


def test_a_place_that_is_a_file(make: Make, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(
        app, [str(make("one", trials=2, pictures=False).path), "--output", str(tmp_path / "file")]
    )
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "file") in done.stderr
