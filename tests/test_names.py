"""One meaning per word: no public name is defined in two packages, but for a few that mean the same everywhere."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent

EXCEPTIONS = {
    "app": "each command has one, of typer",
    "main": "each command has one, for the console",
    "EXAMPLES": "each command shows some of its own",
    "load_plugin": "`study.load_plugin` is the one of `study.config`, imported when it is called",
    "load_model": "`study.load_model` is the one of `study.running`, imported when it is called",
    "FAMILIES": "what families are made of; in the report, the section about them",
    "halting": "what turns the errors of one thing that a study needs into `Halted`: disk, storage, Ray",
    "METRICS": "all metrics; in the report, those on the axes of a figure",
    "SIZES": "of an evaluation; in the report, of markers",
    "Factors": "of a dataset; in the report, how many of them a score takes",
}
"""Names that two packages define, with what they mean."""


def package(path: Path) -> str:
    """`models`, `study`, or one in `study`, of which the report is a single one."""
    return ".".join(path.relative_to(ROOT).parts[:-1][:2]) if path.is_relative_to(ROOT / "study") else "models"


def public(path: Path) -> set[str]:
    """The functions, classes and constants that a module defines and does not import, without an underscore."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
    return {name for name in names if not name.startswith("_")}


def test_no_public_name_is_defined_in_two_packages() -> None:
    where: dict[str, dict[str, Path]] = defaultdict(dict)
    for top in ("models", "study"):
        for path in sorted((ROOT / top).rglob("*.py")):
            for name in public(path):
                where[name][package(path)] = path.relative_to(ROOT)
    twice = {name: sorted(map(str, found.values())) for name, found in where.items() if len(found) > 1}
    assert {name: paths for name, paths in twice.items() if name not in EXCEPTIONS} == {}
    assert len(EXCEPTIONS) <= 12
