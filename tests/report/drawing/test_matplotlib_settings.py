"""Figures are the same whatever a user has set for Matplotlib, also what keeps Matplotlib from being imported."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pytest

from study.records.folder import StudyFolder
from study.report.drawing import style
from study.report.write import write_report

OTHERS = {
    "text.usetex": True,
    "font.family": "Comic Sans MS",
    "font.size": 30,
    "axes.facecolor": "black",
    "axes.formatter.use_locale": True,
    "axes.xmargin": 1,
    "figure.dpi": 300,
    "lines.linewidth": 9,
    "pdf.compression": 0,
    "savefig.bbox": "tight",
    "savefig.facecolor": "red",
    "savefig.format": "svg",
    "path.sketch": (1, 100, 2),
}

SCRIPT = """
import hashlib, io, sys
from study.report.drawing.matplotlib_settings import mpl, own_settings
from study.report.drawing.style import Look, panels, pdf, png
with own_settings():
    figure, (ax,) = panels(Look(), 1)
    ax.plot([1000, 2000], [0, 1])
    ax.set_xlabel("λ")
    print(hashlib.sha256(png(figure) + pdf(figure)).hexdigest())
"""

Drawn = Callable[..., str]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """The checksum of a figure that a process of its own draws, which prints nothing else."""

    @cache
    def digest(cwd: Path | None = None, **variables: str) -> str:
        removed = ("MPLBACKEND", "MATPLOTLIBRC")
        environment = {name: value for name, value in os.environ.items() if name not in removed}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=cwd or tmp_path_factory.mktemp("empty"),
            env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return digest


@pytest.mark.parametrize(
    ("content", "here", "variables"),
    [
        (b"text.usetex: True\nfont.family: Comic Sans MS\n", False, {"MPLBACKEND": "module://no_such_package.backend"}),
        (b"axes.linewidth: wide\nno.such.key: 1\n", True, {"MPLBACKEND": "TkAgg"}),
        (b"\xff\xfe", False, {"MPLBACKEND": "nonsense", "MPLCONFIGDIR": "/proc/none"}),
    ],
    ids=["other, named", "broken, in the working directory", "no text, named, beside a folder that cannot be written"],
)
def test_neither_a_settings_file_nor_a_backend_counts_for_anything(
    content: bytes, here: bool, variables: dict[str, str], tmp_path: Path, drawn: Drawn
) -> None:
    file = tmp_path / "matplotlibrc"
    file.write_bytes(content)
    assert (drawn(tmp_path, **variables) if here else drawn(MATPLOTLIBRC=str(file), **variables)) == drawn()


IMPORTED = """
import importlib, os, sys
import pandas, plotly.graph_objects  # these take long, and have nothing to do with Matplotlib
assert "matplotlib" not in sys.modules
for module in sys.argv[1:]:
    child = os.fork()
    if not child:
        importlib.import_module(f"study.report.{module}")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, module
"""


@pytest.mark.slow
@pytest.mark.ci
def test_a_backend_is_not_asked_for_whatever_of_the_report_is_imported_first() -> None:
    first = ("paper.answers", "sections.slices", "explore.page", "drawing.style", "write", "page", "__main__")
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *first],
        env=os.environ | {"MPLBACKEND": "nonsense"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("explored")
def test_settings_of_the_calling_process_do_not_change_a_report(
    study: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(style, "RESOLUTION", 40)
    monkeypatch.setattr(style, "PRINT_RESOLUTION", 40)

    def written() -> dict[str, bytes]:
        summary = write_report([study.path])
        files = [summary.report, study.explore, *study.figures.iterdir()]
        return {path.name: path.read_bytes() for path in files}

    before = written()
    with mpl.rc_context(OTHERS):
        settings = dict(dict.items(mpl.rcParams))  # as they lie there: to ask for the backend chooses one
        assert written() == before
        assert dict(dict.items(mpl.rcParams)) == settings
