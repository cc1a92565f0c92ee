"""Studies that are kept to be resumed elsewhere: the same records, and nothing of the machine that ran them."""

import importlib.util
import socket
from pathlib import Path
from types import ModuleType

import pytest

from study.records.folder import StudyFolder
from study.search import ownership, storage
from tests.rescored import Small

pytest_plugins = ["tests.rescored"]

SCRIPT = Path(__file__).parents[2] / "results" / "long" / "keep.py"


@pytest.fixture
def script() -> ModuleType:
    found = importlib.util.spec_from_file_location("keep", SCRIPT)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_a_kept_study_is_resumed_in_another_folder(small: Small, script: ModuleType, tmp_path: Path) -> None:
    small.mirrored()
    url = storage.default_url(small.folder)
    with ownership.holding(url, small.plan, small.folder):
        pass
    before = [(record.trial, record.state, record.metrics) for record in storage.records(small.study, small.folder)]
    kept = StudyFolder(script.keep(small.folder, tmp_path / "kept"))
    for path in kept.path.rglob("*"):
        if path.is_file():
            assert str(tmp_path).encode() not in path.read_bytes(), path
            assert f"{socket.gethostname()}:".encode() not in path.read_bytes(), path
    assert not list(kept.path.rglob("*.pt"))
    assert sorted(path.name for path in (kept.path / "trials").iterdir()) == ["0000", "0001", "0002", "0003"]

    here = storage.default_url(kept)
    ownership.check(here, small.plan, kept)
    with ownership.holding(here, small.plan, kept):
        study = storage.open_study(small.plan, kept, here)
        after = [(record.trial, record.state, record.metrics) for record in storage.records(study, kept)]
    assert after == before


def test_it_replaces_what_was_kept_before(small: Small, script: ModuleType, tmp_path: Path) -> None:
    url = storage.default_url(small.folder)
    with ownership.holding(url, small.plan, small.folder):
        pass
    kept = script.keep(small.folder, tmp_path / "kept")
    (kept / "trials" / "0000" / "left").write_text("over", encoding="utf-8")
    assert script.keep(small.folder, tmp_path / "kept") == kept
    assert not (kept / "trials" / "0000" / "left").exists()
