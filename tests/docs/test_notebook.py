"""The notebook of `examples/` runs from top to bottom, and says and shows what a reader looks for."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.docs.blocks import ROOT

NOTEBOOK = ROOT / "examples" / "first_study.ipynb"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of Jupyter's own


def test_it_is_valid_and_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def shown(cells: list[Any], kind: str) -> list[str]:
    """What the outputs of these cells have of one kind."""
    return [output["data"][kind] for cell in cells for output in cell.outputs if kind in output.get("data", {})]


@pytest.mark.slow
@pytest.mark.ci
def test_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_worker_niceness", "0")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=800, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    streams = [output.text for cell in cells for output in cell.outputs if output.output_type == "stream"]
    assert streams == []
    assert any("3/3 trials" in text for text in shown(cells, "text/plain"))
    assert any("<b>first</b>: 3 of 3 trials ended, 3 complete" in page for page in shown(cells, "text/html"))
    assert len(shown(cells, "image/png")) == 2
    assert (tmp_path / "runs" / "first" / "report.html").exists()
