"""The API documentation: every public name has a docstring, and pages are made of them without a warning."""

import ast
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

DOCUMENTED = [f"study/{name}" for name in ("config", "data", "metrics", "features", "evaluation", "pareto", "models")]
FILES = [path for folder in DOCUMENTED for path in sorted((ROOT / folder).resolve().rglob("*.py"))] + [
    ROOT / "study/__init__.py",
    ROOT / "study/result.py",
    ROOT / "study/records/table.py",
    ROOT / "study/plugins.py",
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_and_every_public_function_and_class_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and node.name != "main":
            assert ast.get_docstring(node), f"{node.name} has no docstring"


class Addresses(HTMLParser):
    """What a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in ("script", "img", "link"):
            self.loaded += [value for key in ("src", "href") if (value := named.get(key))]


@pytest.mark.slow
def test_pages_are_made_without_a_warning_and_need_no_network(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "docs/api/build.py", str(tmp_path)],
        **{"cwd": ROOT, "env": {"PYTHONPATH": str(ROOT), "PATH": ""}},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")}
    assert {
        "index.html",
        "study.html",
        *(f"{folder}.html" for folder in DOCUMENTED),
        "study/records/table.html",
        "study/plugins.html",
    } <= made
    assert not {"study/data/cache.html", "study/features/train_factor_classifier.html"} & made
    for name in made:
        page = Addresses()
        page.feed((tmp_path / name).read_text(encoding="utf-8"))
        assert not [address for address in page.loaded if address.startswith(("http", "//"))], name
    dominance = (tmp_path / "study/pareto/dominance.html").read_text(encoding="utf-8")
    assert "ArrayLike" in dominance
    assert "_NestedSequence" not in dominance
