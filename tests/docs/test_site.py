"""The documentation site: built without a warning, whole, without a dead link, and without a network."""

import ast
from pathlib import Path
from urllib.parse import unquote

import pytest

import study
import study.metrics
import study.models
import study.plugins
from tests.docs.blocks import PAGES, ROOT
from tests.docs.site import Page, crawled

LISTED = ("metrics", "models")
"""Packages of which `__all__` is described, whatever file it comes from; of the others, every module."""
BY_MODULE = ("config", "data", "evaluation", "features", "pareto")
LEFT_OUT = {"study.data.cache", "study.features.train_factor_classifier", "study.features.train_factor_regressor"}

FILES = [
    *(file for name in (*LISTED, *BY_MODULE) for file in sorted((ROOT / "study" / name).resolve().rglob("*.py"))),
    *(ROOT / "study" / name for name in ("__init__.py", "result.py", "records/table.py", "plugins.py")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_and_every_public_function_and_class_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and node.name != "main":
            assert ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return crawled(site)


@pytest.mark.slow
@pytest.mark.ci
def test_the_top_is_the_landing_page(site: Path) -> None:
    top = Page(site / "index.html")
    assert "make study" in top.text
    assert "How do I" in top.text
    assert (top.text, top.base) == (Page(site / "docs/index.html").text, "docs/index.html")


@pytest.mark.slow
@pytest.mark.ci
def test_every_page_is_there_and_reached_from_the_top(site: Path, pages: dict[Path, Page]) -> None:
    made = {(site / page).with_suffix(".html") for page in [*PAGES, "examples/first_study.ipynb"]}
    made |= {(site / path.relative_to(ROOT)).with_suffix(".html") for path in (ROOT / "docs/api").glob("*.rst")}
    assert made <= set(pages)


@pytest.mark.slow
@pytest.mark.ci
def test_every_link_and_anchor_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    dead = []
    for path, page in pages.items():
        for address, place, anchor in page.places():
            if not place.is_file():
                dead.append(f"{path.relative_to(site)}: {address}")
            elif place in pages and unquote(anchor) not in pages[place].anchors:
                dead.append(f"{path.relative_to(site)}: {address}, which has no such anchor")
    assert dead == []


@pytest.mark.slow
@pytest.mark.ci
def test_no_page_loads_anything_from_elsewhere(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert not [address for address in page.loaded if address.startswith(("http", "//"))], path


@pytest.mark.slow
@pytest.mark.ci
def test_every_entry_point_and_every_public_name_is_described(site: Path) -> None:
    described = set[str]().union(*(Page(path).anchors for path in (site / "docs/api").glob("*.html")))
    assert {f"study.{name}" for name in study.__all__ if name != "__version__"} <= described
    assert {f"study.metrics.{name}" for name in study.metrics.__all__ if name != "Direction"} <= described
    assert {f"study.models.{name}" for name in study.models.__all__} <= described
    linked = {link.rpartition(".")[2] for link in Page(site / "docs/api/plugins.html").links}
    assert {*study.plugins.__all__} <= linked
    for folder in BY_MODULE:
        names = {f"study.{folder}.{path.stem}" for path in (ROOT / "study" / folder).glob("[!_]*.py")}
        assert {f"module-{name}" for name in names - LEFT_OUT} <= described


@pytest.mark.slow
@pytest.mark.ci
def test_types_are_short_and_attributes_have_their_docstrings(site: Path) -> None:
    texts = {path.stem: Page(path).text for path in (site / "docs/api").glob("*.html")}
    assert "NDArray[float64]" in texts["pareto"]
    assert "ArrayLike" in texts["pareto"]
    for name, text in texts.items():
        assert not [long for long in ("_NestedSequence", "ndarray[tuple", "<factory>") if long in text], name
    assert "The sizes of an evaluation: while training" in texts["evaluation"]


@pytest.mark.slow
@pytest.mark.ci
def test_the_notebook_has_what_it_printed_and_drew(site: Path) -> None:
    page = Page(site / "examples/first_study.html")
    assert "3 of 3 trials ended, 3 complete" in page.text
    drawn = [address for address in page.loaded if address.startswith("data:image/png") or "_images" in address]
    assert len(drawn) == 4


@pytest.mark.slow
@pytest.mark.ci
def test_every_kept_study_has_a_report_in_the_gallery(site: Path, pages: dict[Path, Page]) -> None:
    gallery = pages[site / "docs/gallery.html"]
    linked = {place for _, place, _ in gallery.places()}
    kept = [records.parent for records in (ROOT / "results").glob("*/*/records.csv")]
    assert kept
    for study_folder in kept:
        report = site / "reports" / study_folder.relative_to(ROOT / "results")
        assert {report / "report.html", report / "explore.html"} <= linked
        assert (report / "result.txt").read_text(encoding="utf-8") in gallery.text
        assert "Non-dominated trials" in pages[report / "report.html"].text
        assert any(place.parent == report / "figures" for place in linked)
