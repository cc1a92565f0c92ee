"""The shape of the code: who may import whom. One way: space → launch → search → trial → … → report."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "torchvision", "ray", "optuna", "mlflow", "sklearn", "pandas", "pytorch_fid", "plotly"}
HEAVY_OR_DRAWING = HEAVY | {"matplotlib"}
ROOTS = {"study": ROOT / "study", "study.models": ROOT / "models", "study.search_spaces": ROOT / "search_spaces"}
"""The packages by where their files are: links to the last two are in the first."""


# package or loose module → which others of the project it may import, and which heavy libraries, anywhere in its files
ALLOWED: dict[str, tuple[str, set[str]]] = {
    "study.models": ("", {"torch"}),
    "study.search_spaces": ("", set()),
    "study.system": ("", set()),
    "study.metrics": ("", {"sklearn"}),  # arrays only
    "study.pareto": ("", set()),
    "study.data": ("system", {"torch"}),
    "study.config": ("system data metrics pareto", {"pandas"}),  # the name of a type
    "study.features": ("system data metrics", {"torch", "pytorch_fid"}),
    "study.evaluation": ("models system data metrics features", {"torch"}),
    "study.records": ("system metrics config", {"pandas"}),
    "study.tracking": ("system data config records", {"mlflow"}),
    "study.trial": ("models system data metrics config evaluation records", {"torch"}),
    "study.search": ("system pareto config records trial", {"torch", "sklearn", "pandas", "ray", "optuna"}),
    "study.report.published": ("", set()),
    "study.report.text": ("metrics config", {"pandas"}),
    "study.report.drawing": ("config report.text", {"matplotlib"}),
    "study.report.read": ("system config records", {"pandas"}),
    "study.report.analysis": (
        "system metrics pareto config records report.published report.text report.read",
        {"pandas"},
    ),
    "study.report.claims": ("config report.text", {"pandas"}),
    "study.report.paper": (
        "system metrics pareto config report.published report.drawing report.read report.claims",
        {"pandas", "matplotlib"},
    ),
    "study.report.sentences": ("config records report.published report.text report.read report.analysis", {"pandas"}),
    "study.report.sections": (
        "system metrics config records report.published report.text report.drawing report.read report.analysis "
        "report.claims report.paper report.sentences",
        {"pandas", "matplotlib"},
    ),
    "study.report.explore": (
        "metrics config records report.text report.read report.analysis",
        {"pandas", "plotly"},
    ),
    "study.report.page": ("metrics report.text report.read report.sentences report.sections", set()),
    "study.report.write": (
        "system config records report.drawing report.read report.analysis report.claims report.paper "
        "report.sentences report.sections report.explore report.page",
        {"pandas", "matplotlib"},
    ),
    "study.report.terminal": ("records report.text report.analysis report.write", set()),
    "study.report.results": (
        "system config records report.drawing report.read report.claims report.paper report.write",
        set(),
    ),
    "study.report.__main__": ("system report.claims report.paper report.write report.terminal", set()),
    "study.report": ("", set()),
    "study.running": (
        "models system data metrics pareto config features evaluation records tracking trial search report.text "
        "report.write",
        {"torch"},
    ),
    "study.terminal": (
        "system data metrics pareto config records search report.text report.claims report.write report.terminal "
        "running",
        {"pandas"},
    ),
    "study.launch": ("system config records search running terminal", set()),
    "study.status": ("system records tracking report.text terminal", set()),
    "study.plugins": ("data metrics config", set()),
    "study.__main__": ("system config", set()),
    "study.evaluate": (
        "system data metrics config evaluation records report.text running terminal",
        {"torch"},
    ),  # the name of a type
    "study.result": (
        "models system config records running report.text report.drawing report.read report.analysis report.sentences "
        "report.sections report.write",
        {"pandas", "matplotlib"},
    ),
    "study": ("models system config records running terminal result", set()),
}


def module_of(path: Path, package: str) -> str:
    parts = [package, *path.relative_to(ROOTS[package]).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def files() -> dict[str, Path]:
    """Every module of the project by name. Links are not followed."""
    return {module_of(path, top): path for top, root in ROOTS.items() for path in sorted(root.rglob("*.py"))}


@cache
def imports(module: str, *, at_import: bool = False) -> frozenset[str]:
    """What a module imports, by full name: everywhere, or only what runs when it is itself imported."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import in line {node.lineno}"
            assert node.module is not None
            for alias in node.names:  # a module, or a name in one
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in files() else node.module)
        elif at_import and (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        ):
            return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(files()[module].read_text(encoding="utf-8")))
    return frozenset(found)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def node(module: str) -> str:
    """The row of `ALLOWED` that a module belongs to: its own, or that of its package."""
    parts = module.split(".")
    return next(
        (name for n in range(len(parts), 1, -1) if (name := ".".join(parts[:n])) in ALLOWED),
        "study" if module == "study" else "",
    )


def allowed(ours: str) -> set[str]:
    """The full names of what a row lists."""
    return {f"study.{other}" for other in ours.split()}


def neighbours(name: str) -> set[str]:
    """The other rows whose modules those of this row import."""
    mine = (module for module in files() if node(module) == name)
    return {node(imported) for module in mine for imported in imports(module) & set(files())} - {name}


@pytest.mark.parametrize("module", files())
def test_a_module_imports_only_what_it_may(module: str) -> None:
    name = node(module)
    assert name in ALLOWED, f"{module} has no row in ALLOWED: say there what it may import"
    ours, heavy = ALLOWED[name]
    permitted = {name, *allowed(ours)}
    for imported in sorted(imports(module)):
        top = imported.split(".")[0]
        if imported in files():
            assert node(imported) in permitted, f"{module} imports {imported}; {name} may import {sorted(permitted)}"
        if top in HEAVY_OR_DRAWING:
            assert top in heavy, f"{module} imports {imported}; {name} may import {sorted(heavy)}"


def test_every_row_is_of_a_package_and_every_permission_is_used() -> None:
    for name, (ours, heavy) in ALLOWED.items():
        assert name in files(), f"ALLOWED names {name}, which is not there"
        mine = [module for module in files() if node(module) == name]
        used = set().union(*(imports(module) for module in mine))
        unused = allowed(ours) - neighbours(name)
        unused |= {library for library in heavy if not any(within(imported, library) for imported in used)}
        assert not unused, f"{name} no longer imports {sorted(unused)}: take it out of ALLOWED"


def levels(arrows: dict[str, set[str]]) -> dict[str, int]:
    """How far each node is above those that import nothing; the graph has no cycle."""
    found: dict[str, int] = {}

    def climb(name: str, way: tuple[str, ...]) -> int:
        assert name not in way, f"a cycle of packages: {' → '.join((*way, name))}"
        if name not in found:
            found[name] = 1 + max((climb(other, (*way, name)) for other in arrows[name]), default=0)
        return found[name]

    for name in arrows:
        climb(name, ())
    return found


def test_packages_import_one_way_on_few_levels() -> None:
    """The report is one node of the whole, and has nodes of its own."""

    def folded(name: str) -> str:
        return "study.report" if within(name, "study.report") else name

    whole: dict[str, set[str]] = {folded(name): set() for name in ALLOWED}
    for name in ALLOWED:
        whole[folded(name)] |= {folded(other) for other in neighbours(name)} - {folded(name)}
    assert len(whole) <= 24
    assert max(levels(whole).values()) <= 9
    inside = {name: neighbours(name) for name in ALLOWED if within(name, "study.report")}
    report = {name: {other for other in others if other in inside} for name, others in inside.items()}
    assert len(report) <= 16
    assert max(levels(report).values()) <= 9


def folder(module: str) -> str:
    """The package of a module; the loose ones of `study` and of its report count by themselves."""
    package = module if files()[module].name == "__init__.py" else module.rpartition(".")[0]
    return module if package in ("study", "study.report") else package


def test_folders_import_one_way() -> None:
    """Folder by folder, those inside others included."""
    arrows: dict[str, set[str]] = {}
    for module in files():
        used = {folder(name) for name in imports(module) & set(files())}
        arrows.setdefault(folder(module), set()).update(used - {folder(module)})
    levels(arrows)


def reached(module: str) -> set[str]:
    """Everything that importing a module imports, of ours and of others, packages on the way included."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        parents = [name.rsplit(".", n)[0] for n in range(name.count(".") + 1)]
        for each in parents:
            if each not in seen:
                seen.add(each)
                waiting += imports(each, at_import=True) if each in files() else []
    return seen


LIGHT = {  # what importing these must not bring with it, by whatever way
    "study": HEAVY,
    "study.launch": HEAVY,
    "study.evaluate": HEAVY,
    "study.result": HEAVY - {"pandas"},
    "study.config": HEAVY,
    "study.data": HEAVY,
    "study.metrics": HEAVY,
    "study.pareto": HEAVY,
    "study.report": HEAVY_OR_DRAWING,
    "study.report.published.numbers": HEAVY_OR_DRAWING,
    "study.report.text.format": HEAVY_OR_DRAWING - {"pandas"},
    "study.report.claims.verdict_table": HEAVY_OR_DRAWING - {"pandas"},
    "study.report.__main__": HEAVY - {"pandas"},
    "study.status": HEAVY - {"pandas"},
    "study.tracking": HEAVY - {"pandas"},
    "study.running.run": (HEAVY - {"pandas"}) | {"matplotlib"},
    "study.terminal.summary": (HEAVY - {"pandas"}) | {"matplotlib"},
    "study.data.celeba": HEAVY,
    "study.data.dsprites": HEAVY,
    "study.records.outcome": HEAVY - {"pandas"},
    "study.search.cluster": {"torch", "sklearn", "mlflow", "optuna"},
    "study.search.schedule": {"torch", "sklearn", "mlflow"},
    "study.models": HEAVY - {"torch"},
    "study.trial.fit": HEAVY - {"torch"},
    "study.running.rescoring": {"ray", "optuna", "mlflow"},
    "study.trial.run": {"ray", "optuna", "mlflow"},
    "study.search.worker": {"optuna", "mlflow", "torch", "sklearn"},
}


@pytest.mark.parametrize("module", LIGHT)
def test_nothing_heavy_comes_along(module: str) -> None:
    brought = {name.split(".")[0] for name in reached(module)}
    assert not brought & LIGHT[module]


def test_nothing_imports_in_a_circle() -> None:
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"a circle of imports: {' → '.join((*way, module))}"
        if module not in done:
            for imported in sorted(imports(module, at_import=True) & set(files())):
                if imported != module.rpartition(".")[0]:
                    walk(imported, (*way, module))
            done.add(module)

    for module in files():
        walk(module, ())


AT_START = {  # what Python itself may not have imported along with these: libraries import each other too
    "study": HEAVY | {"matplotlib", "sqlalchemy", "scipy", "numpy", "pydantic", "rich"},
    "study.launch": HEAVY | {"matplotlib", "sqlalchemy", "scipy"},
    "study.__main__": HEAVY | {"matplotlib", "sqlalchemy", "scipy", "numpy", "pydantic"},
    "study.evaluate": HEAVY | {"matplotlib", "sqlalchemy", "scipy"},
    "study.metrics": HEAVY | {"matplotlib", "sqlalchemy", "scipy", "pydantic"},
    "study.report": HEAVY - {"pandas"},
    "study.status": (HEAVY - {"pandas"}) | {"matplotlib", "sqlalchemy"},
    # the command of a study before Ray starts, and beside it; its workers before a trial
    "study.search.storage": {"torch", "sklearn", "mlflow", "ray", "matplotlib", "scipy"},
    "study.search.cluster": {"torch", "sklearn", "mlflow", "optuna", "ray.tune", "pandas"},
    "study.search.schedule": {"torch", "sklearn", "mlflow", "matplotlib"},
    "study.search.worker": {"torch", "sklearn", "mlflow", "optuna", "matplotlib"},
}


@pytest.mark.parametrize("module", AT_START)
def test_a_process_starts_without_what_it_may_not_need(module: str, tmp_path: Path) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set(sys.argv[1:])))"
    command = [sys.executable, "-c", code, *sorted(AT_START[module])]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
