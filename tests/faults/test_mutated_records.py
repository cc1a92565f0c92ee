"""Damaged files of a finished study before `study.report`: a report, or one sentence and exit code 2."""

import csv
import io
import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from study.records.folder import StudyFolder
from study.report import write
from study.report.__main__ import report as report_command
from study.report.analysis import comparison
from study.report.results.__main__ import app as results
from tests.faults import mutation
from tests.faults.bounded import World, any_number, each_case, limited, make_world, one_sentence, refused
from tests.report.made import LOST, make_study

Damage = Callable[[StudyFolder, random.Random], None]


def cells_of(text: str, rng: random.Random) -> str:
    """One to four damages of a table: cells, columns and rows lost, doubled, exchanged or filled with something odd."""
    rows = list(csv.reader(io.StringIO(text)))
    for _ in range(rng.choice((1, 1, 2, 4))):
        row, column, odd = rng.randrange(len(rows)), rng.randrange(len(rows[0]) or 1), rng.choice(mutation.ODD_WORDS)
        other = rng.randrange(len(rows[0]) or 1)
        how = rng.choice(("cell", "cell", "column", "no column", "no row", "two rows", "two columns", "swap", "header"))
        for cells in rows if "column" in how or how == "swap" else [rows[row]]:
            if max(column, other) >= len(cells):
                continue
            match how:
                case "cell":
                    cells[column] = odd
                case "column" if cells is not rows[0]:
                    cells[column] = odd
                case "no column":
                    del cells[column]
                case "two columns":
                    cells.append(cells[column])
                case "swap" if cells is not rows[0]:
                    cells[column], cells[other] = cells[other], cells[column]
        if how == "header" and rows[0]:
            rows[0][column % len(rows[0])] = rng.choice((odd, rng.choice(rows[0])))
        elif how == "no row" and len(rows) > 1:
            del rows[row]
        elif how == "two rows":
            rows.append(list(rows[row]))
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def records(study: StudyFolder, rng: random.Random) -> None:
    content = study.records.read_bytes()
    cells = rng.random() < 0.7
    study.records.write_bytes(
        cells_of(content.decode(), rng).encode("utf-8", "surrogatepass") if cells else mutation.bytes_of(content, rng)
    )


def plan(study: StudyFolder, rng: random.Random) -> None:
    text = study.plan.read_text(encoding="utf-8")
    if rng.random() < 0.6:
        text = mutation.as_yaml(mutation.value_of(yaml.safe_load(text), rng))
    else:
        text = mutation.text_of(text, rng)
    study.plan.write_bytes(text.encode("utf-8", "surrogatepass"))


def curves(study: StudyFolder, rng: random.Random) -> None:
    for trial in list(study.trials())[: rng.choice((1, 4))]:
        content = trial.metrics.read_bytes()
        if rng.random() < 0.6:
            lines = mutation.value_of([json.loads(line) for line in content.splitlines()], rng)
            content = b"".join(as_json(line) + b"\n" for line in (lines if isinstance(lines, list) else [lines]))
        else:
            content = mutation.bytes_of(content, rng)
        trial.metrics.write_bytes(content)


def as_json(value: Any) -> bytes:
    try:
        return json.dumps(value, skipkeys=True).encode()
    except ValueError:  # Python prints no number of thousands of digits
        return b"9" * 5000


def notes(study: StudyFolder, rng: random.Random) -> None:
    """MLflow's notes and the pictures."""
    for path in study.path.rglob("mlflow.json"):
        content = path.read_bytes()
        value = as_json(mutation.value_of(json.loads(content), rng))
        path.write_bytes(rng.choice((value, value, mutation.bytes_of(content, rng), b"[" * 100_000)))
    for path in study.path.rglob("*.png"):
        path.write_bytes(mutation.bytes_of(path.read_bytes(), rng))


DAMAGES: dict[str, Damage] = {"records": records, "plan": plan, "curves": curves, "notes": notes}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_study(tmp_path_factory.mktemp("template") / "demo", trials=9, milestones=2, lost=dict(LOST)).path


class Report:
    """The command on a damaged copy of a study. Its figures are not drawn: those that are have tests of their own."""

    def __init__(self, world: World, template: Path, monkeypatch: pytest.MonkeyPatch, drawn: bool = False) -> None:
        self.world, self.template = world, template
        self.study = StudyFolder(world.output / "demo")
        monkeypatch.chdir(world.root / "work")
        monkeypatch.setattr(comparison, "DRAWS", 20)
        if not drawn:
            monkeypatch.setattr(write, "SECTIONS", ())

    def fresh(self) -> StudyFolder:
        shutil.rmtree(self.study.path, ignore_errors=True)
        shutil.copytree(self.template, self.study.path)
        return self.study

    def __call__(self) -> str:
        """`report`, or what the sentence is about."""
        import typer

        app = typer.Typer()
        app.command()(report_command)
        with any_number():
            result = CliRunner().invoke(app, ["runs/demo"])
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        if result.exit_code == 0:
            assert self.study.report.stat().st_size > 1000
            return "report"
        assert result.exit_code == 2
        assert not self.study.report.exists()
        said = one_sentence(result.stderr)
        assert said.startswith("runs/demo")
        return said.partition(": ")[2]


@pytest.fixture
def report(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    return Report(make_world(tmp_path / "world"), template, monkeypatch)


def many(report: Report, damage: str, first: int, cases: int) -> Counter[str]:
    before = report.world.outside()
    said: Counter[str] = Counter()

    def case(number: int) -> None:
        DAMAGES[damage](report.fresh(), random.Random(f"{damage} {first + number}"))
        said.update([report()])

    each_case(cases, case)
    assert report.world.outside() == before
    return said


def test_damaged_records(report: Report) -> None:
    said = many(report, "records", 0, 16)
    assert said["report"] > 2
    assert len(said) > 3


def test_damaged_plans(report: Report) -> None:
    assert len(many(report, "plan", 0, 40)) > 12


@pytest.mark.parametrize("damage", ["curves", "notes"])
def test_damage_of_a_trial_never_costs_the_report(report: Report, damage: str) -> None:
    assert many(report, damage, 0, 5) == {"report": 5}


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "cases"), [("records", 150), ("plan", 250), ("curves", 60), ("notes", 60)])
def test_more_of_it_with_figures(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, damage: str, cases: int
) -> None:
    report = Report(make_world(tmp_path / "world"), template, monkeypatch)
    many(report, damage, 1000, cases)


ROWS = {
    "a number of no trial": ("0", "inf", "trial needs a number in every row; received inf"),
    "a part of a trial": ("0", "0.5", "trial needs a number in every row; received "),
    "a trial twice": ("0", "1", "expected one row for each trial; received 1 twice"),
    "a trial of words": ("0", "x", "trial needs a number in every row; received 'x'"),
    "a state that is none": (
        "complete",
        "done",
        "state must be one of complete, pruned, failed, infeasible; received 'done'",
    ),
    "no family": ("beta-vae", "", "family is required in every row, but missing in some"),
}


@pytest.mark.parametrize(("old", "new", "sentence"), ROWS.values(), ids=list(ROWS))
def test_rows_that_no_study_writes_are_one_sentence(report: Report, old: str, new: str, sentence: str) -> None:
    path = report.fresh().records
    header, first, rest = path.read_text(encoding="utf-8").split("\n", 2)
    cells = first.split(",")
    cells[cells.index(old)] = new
    path.write_text("\n".join([header, ",".join(cells), rest]), encoding="utf-8")
    assert report().startswith(sentence)


def test_numbers_beyond_any_float_are_no_values(report: Report) -> None:
    path = report.fresh().records
    table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    for name in ("reconstruction", "latent_dim", "width"):
        table[1][table[0].index(name)] = "9" * 5000
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    assert report() == "report"


def test_records_without_what_a_report_can_do_without(report: Report) -> None:
    path = report.fresh().records
    table = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    kept = [name for name in table[0] if name in ("trial", "config_id", "state", "reason", "family", "seed")]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table)
    assert report() == "report"


@pytest.mark.parametrize("name", ["study.yaml", "records.csv"])
@pytest.mark.parametrize("kind", ["a pipe", "a device", "a folder", "a link to itself"])
def test_what_is_no_file_is_not_waited_for(report: Report, name: str, kind: str) -> None:
    path = report.fresh().path / name
    path.unlink()
    match kind:
        case "a pipe":
            os.mkfifo(path)
        case "a device":
            path.symlink_to("/dev/zero")
        case "a folder":
            path.mkdir()
        case _:
            path.symlink_to(path)
    with limited(30):
        said = report()
    assert said == "report" if (name, kind) == ("records.csv", "a link to itself") else "cannot be read" in said


def test_a_report_replaces_a_link_and_not_what_it_leads_to(report: Report) -> None:
    study, precious = report.fresh(), report.world.root / "precious" / "thesis.tex"
    for path in (study.report, study.claims):
        path.symlink_to(precious)
    assert report() == "report"
    assert precious.read_text(encoding="utf-8") == "years of work"
    assert not study.report.is_symlink()


def test_what_is_kept_replaces_a_link_and_not_what_it_leads_to(report: Report) -> None:
    report.fresh()
    precious = report.world.root / "precious" / "thesis.tex"
    kept = report.world.output / "kept" / "dsprites"
    kept.mkdir(parents=True)
    for name in ("study.yaml", "records.csv", "claims.csv"):
        (kept / name).symlink_to(precious)
    assert CliRunner().invoke(results, ["keep", "runs/demo", "runs/kept"]).exit_code == 0
    assert precious.read_text(encoding="utf-8") == "years of work"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"no marks", b"\x00"])
def test_a_table_goes_only_between_two_marks_of_a_text(report: Report, content: bytes) -> None:
    report.fresh()
    into = report.world.root / "work" / "README.md"
    into.write_bytes(content)
    result = CliRunner().invoke(results, ["table", "runs/demo", "--into", "README.md"])
    assert result.exit_code == 2
    assert one_sentence(result.stderr).startswith("--into: README.md ")
    assert into.read_bytes() == content


@pytest.mark.slow
def test_as_whole_processes(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report(make_world(tmp_path / "world"), template, monkeypatch)
    before = report.world.outside()
    for number, damage in enumerate([*DAMAGES] * 3):
        DAMAGES[damage](report.fresh(), random.Random(number))
        done = report.world.run("study.report", "runs/demo")
        assert "Traceback" not in done.stderr
        if done.returncode:
            refused(done)
    assert report.world.outside() == before
