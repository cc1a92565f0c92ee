"""The tests mirror the tree: `study/search/stop_at_rungs.py` has its tests in `tests/search/test_stop_at_rungs.py`."""

from pathlib import Path

ROOT = Path(__file__).parent.parent

WITHOUT = {
    "study/report/sections/confirmed.py": "in words, by tests/report/analysis/test_confirmed.py",
    "study/report/sections/section.py": "what holds of every section is in tests/report/sections/test_sections.py",
    "study/report/sections/trials.py": "the cards, by tests/report/sections/test_trial_cards.py",
}
"""Modules without a file of tests of their own, and what tests them."""


def modules() -> list[Path]:
    found = [path for package in ("models", "study") for path in (ROOT / package).rglob("*.py")]
    return [path.relative_to(ROOT) for path in found if path.name != "__init__.py"]


def place_of(module: Path) -> Path:
    """Where its tests are. The tests of `__main__.py` are called `test_main.py`."""
    folders = module.parts[1:-1] if module.parts[0] == "study" else module.parts[:-1]
    return Path("tests", *folders, f"test_{module.stem.strip('_')}.py")


def test_every_module_has_its_tests_at_the_same_place() -> None:
    missing = {str(module) for module in modules() if not (ROOT / place_of(module)).exists()}
    assert missing == set(WITHOUT)
    assert len(missing) <= 0.05 * len(modules())
