"""The shape of the code: who may import whom. One way: space → launch → search → trial → … → report."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "torchvision", "ray", "optuna", "mlflow", "sklearn", "pandas", "pytorch_fid", "plotly"}
OURS = {"models", "study", "search_spaces"}

# package or module → what of the project, and which heavy libraries, it may import, anywhere in its files
# (the longest name that fits holds; a file may always import its own package's files)
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "models": (set(), {"torch"}),
    "search_spaces": (set(), set()),
    "study.errors": (set(), set()),
    "study.credentials": (set(), set()),
    "study.disk": ({"study.errors"}, set()),
    "study.signals": (set(), set()),
    "study.exits": ({"study.disk", "study.errors", "study.signals"}, set()),
    "study.collector": (set(), set()),
    "study.folder": ({"study.errors"}, set()),
    "study.palette": ({"study.config"}, set()),
    "study.config": ({"study.data", "study.errors", "study.folder", "study.metrics", "study.pareto"}, set()),
    "study.records": ({"study.config", "study.errors", "study.folder", "study.metrics"}, {"pandas"}),
    "study.importance_table": ({"study.folder", "study.records"}, {"pandas"}),
    "study.data": ({"study.errors", "study.folder"}, {"torch"}),
    "study.pareto": (set(), set()),
    # arrays only; the networks that give features are torch, and say so when their weights are not there
    "study.metrics": (set(), {"sklearn"}),
    "study.metrics.inception": ({"study.errors", "study.torchvision_import"}, {"torch", "pytorch_fid"}),
    "study.metrics.feature_network": ({"study.errors"}, {"torch"}),
    "study.metrics.factor_classifier": (set(), {"torch"}),
    "study.metrics.factor_regressor": (set(), {"torch"}),
    "study.metrics.feature_network_training": ({"study.data", "study.folder"}, {"torch"}),
    "study.metrics.train_factor_classifier": ({"study.data"}, {"torch"}),  # a command of its own
    "study.metrics.train_factor_regressor": ({"study.data"}, {"torch"}),  # another
    "study.torchvision_import": (set(), {"torch"}),
    "study.model": ({"models", "study.config"}, {"torch"}),
    "study.memory": (set(), set()),
    "study.batches": ({"study.data"}, {"torch"}),
    "study.capture": (set(), {"torch"}),
    "study.checkpoint": ({"study.config", "study.errors", "study.folder"}, {"torch"}),
    "study.training": (
        {
            *("models", "study.batches", "study.capture", "study.checkpoint", "study.config", "study.data"),
            *("study.errors", "study.model"),
        },
        {"torch"},
    ),
    "study.feature_spaces": ({"study.data", "study.metrics"}, {"torch"}),
    "study.evaluation": ({"models", "study.data", "study.errors", "study.feature_spaces", "study.metrics"}, {"torch"}),
    "study.arrays": ({"models", "study.data", "study.folder", "study.metrics", "study.pictures"}, {"torch"}),
    "study.pictures": ({"models", "study.data", "study.folder"}, {"torch"}),
    "study.provenance": ({"study", "study.config", "study.data"}, {"torch"}),
    "study.outcome": ({"study.folder", "study.records"}, set()),
    "study.trial": (
        {
            *("study.arrays", "study.checkpoint", "study.config", "study.data", "study.errors", "study.evaluation"),
            *("study.folder", "study.model", "study.outcome", "study.pictures", "study.provenance", "study.records"),
            "study.training",
        },
        {"torch"},
    ),
    "study.search": (
        {
            *("study.collector", "study.config", "study.credentials", "study.disk", "study.errors", "study.folder"),
            *("study.lock", "study.memory", "study.outcome", "study.pareto", "study.records", "study.signals"),
            *("study.training", "study.trial"),
        },
        {"ray", "optuna", "torch"},
    ),
    "study.search.importances": (
        {"study.config", "study.importance_table", "study.records"},
        {"optuna", "pandas", "sklearn"},
    ),
    "study.tracking": (
        {
            *("study.config", "study.credentials", "study.errors", "study.exits", "study.folder", "study.palette"),
            "study.records",
        },
        {"mlflow"},
    ),
    "study.report": (
        {
            *(
                "study.collector",
                "study.config",
                "study.errors",
                "study.exits",
                "study.folder",
                "study.importance_table",
                "study.metrics",
            ),
            *("study.palette", "study.pareto", "study.records"),
        },
        {"pandas", "plotly"},
    ),
    "study.logged_model": (
        {
            *("models", "study.checkpoint", "study.config", "study.data", "study.errors", "study.folder"),
            *("study.model", "study.tracking"),
        },
        set(),
    ),
    "study.progress": (set(), set()),
    "study.display": ({"study.config", "study.progress", "study.records"}, set()),
    "study.lock": ({"study.credentials", "study.errors", "study.folder", "study.signals"}, set()),
    "study.standing": (
        {
            *("study.config", "study.errors", "study.folder", "study.lock", "study.outcome", "study.pareto"),
            *("study.progress", "study.records"),
        },
        {"pandas"},
    ),
    "study.status": (
        {"study.errors", "study.exits", "study.folder", "study.progress", "study.standing", "study.tracking"},
        set(),
    ),
    "study.surroundings": (
        {"study.config", "study.data", "study.errors", "study.feature_spaces", "study.metrics"},
        {"torch"},
    ),
    "study.run": (
        {
            *("study.config", "study.data", "study.disk", "study.display", "study.errors", "study.folder"),
            *("study.importance_table", "study.lock", "study.pareto", "study.records", "study.report"),
            *("study.search", "study.surroundings", "study.tracking"),
        },
        set(),
    ),
    "study.rescoring": (
        {
            *("study.checkpoint", "study.config", "study.data", "study.errors", "study.evaluation"),
            *("study.feature_spaces", "study.folder", "study.lock", "study.metrics", "study.model", "study.provenance"),
            *("study.records", "study.report", "study.run", "study.search", "study.signals", "study.tracking"),
        },
        {"torch"},
    ),
    "study.summary": ({"study.config", "study.folder", "study.report", "study.run"}, set()),
    "study.confirmation": ({"study.config", "study.errors", "study.pareto", "study.records"}, set()),
    "study.typed": ({"study.config", "study.errors", "study.folder"}, set()),
    "study.dry_run": (
        {
            *("models", "study.arrays", "study.config", "study.data", "study.errors", "study.evaluation"),
            *("study.folder", "study.memory", "study.model", "study.pictures", "study.progress", "study.run"),
            *("study.search.resources", "study.search.share", "study.surroundings", "study.training", "study.trial"),
        },
        {"torch"},
    ),
    "study.launch": (
        {
            *("study.config", "study.confirmation", "study.dry_run", "study.exits", "study.folder"),
            *("study.records", "study.report", "study.run", "study.search", "study.summary", "study.surroundings"),
            "study.typed",
        },
        set(),
    ),
    "study.evaluate": (
        {
            *("study.config", "study.data", "study.errors", "study.exits", "study.folder", "study.metrics"),
            *("study.records", "study.rescoring", "study.surroundings"),
        },
        {"torch"},  # the name of a type
    ),
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def files() -> dict[str, Path]:
    """Every module of the project by name."""
    return {module_of(path): path for top in sorted(OURS) for path in sorted((ROOT / top).rglob("*.py"))}


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
            for alias in node.names:  # `from study import tracking` names a module, `from study.run import Options` not
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


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def rule(module: str) -> str | None:
    """The longest name in `ALLOWED` that the module is or lies in."""
    return max((name for name in ALLOWED if within(module, {name})), key=len, default=None)


@pytest.mark.parametrize("module", [name for name in files() if name not in {"study"}])
def test_a_module_imports_only_what_it_may(module: str) -> None:
    name = rule(module)
    assert name is not None, f"{module} has no rule in ALLOWED: say there what it may import"
    ours, heavy = ALLOWED[name]
    package = module if files()[module].name == "__init__.py" else module.rpartition(".")[0]
    own = {name, package} - {"study"}
    for imported in sorted(imports(module)):
        top = imported.split(".")[0]
        if top in OURS:
            fits = within(imported, own | (ours - {"study"})) or imported in ours
            assert fits, f"{module} imports {imported}; {name} may import {sorted(ours)}"
        if top in HEAVY:
            assert top in heavy, f"{module} imports {imported}; {name} may import {sorted(heavy)}"


def test_every_rule_is_about_a_module_and_every_permission_is_used() -> None:
    for name, (ours, heavy) in ALLOWED.items():
        assert name in files(), f"ALLOWED names {name}, which is not there"
        mine = [module for module in files() if rule(module) == name]
        used = set().union(*(imports(module) for module in mine))
        unused = {other for other in ours if not any(within(imported, {other}) for imported in used)}
        unused |= {library for library in heavy if not any(within(imported, {library}) for imported in used)}
        assert not unused, f"{name} no longer imports {sorted(unused)}: take it out of ALLOWED"


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
    "study.config": HEAVY,
    "study.data": HEAVY,
    "study.metrics": HEAVY,
    "study.pareto": HEAVY,
    "study.report": HEAVY - {"pandas"},
    "study.report.__main__": HEAVY - {"pandas"},
    "study.status": HEAVY - {"pandas"},
    "study.tracking": HEAVY - {"pandas"},
    "study.run": (HEAVY - {"pandas"}) | {"matplotlib"},
    "study.summary": (HEAVY - {"pandas"}) | {"matplotlib"},
    "study.data.celeba": HEAVY,
    "study.data.dsprites": HEAVY,
    "study.outcome": HEAVY - {"pandas"},
    "study.search.cluster": {"torch", "sklearn", "mlflow", "optuna"},
    "study.search.schedule": {"torch", "sklearn", "mlflow"},
    "models": HEAVY - {"torch"},
    "study.training": HEAVY - {"torch"},
    "study.rescoring": {"ray", "optuna", "mlflow"},
    "study.trial": {"ray", "optuna", "mlflow"},
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
    "study": HEAVY | {"matplotlib", "sqlalchemy", "scipy", "numpy"},
    "study.launch": HEAVY | {"matplotlib", "sqlalchemy", "scipy"},
    "study.evaluate": HEAVY | {"matplotlib", "sqlalchemy", "scipy"},
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
