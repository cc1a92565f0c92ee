"""Where official data files are: the option comes before the variable."""

from pathlib import Path

import pytest

from study.data.root import DATA_VARIABLE as VARIABLE
from study.data.root import official_folder
from tests.make import refused


def test_the_option_comes_before_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert official_folder(None, "dSprites") is None
    monkeypatch.setenv(VARIABLE, "")
    assert official_folder(None, "dSprites") is None
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert official_folder(None, "dSprites") == tmp_path
    (tmp_path / "own").mkdir()
    assert official_folder(tmp_path / "own", "dSprites") == tmp_path / "own"


def test_what_is_no_folder_is_said_with_who_named_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "x" * 5000)
    assert refused(official_folder, None, "it").endswith("is no folder; it should be where it is")
    assert refused(official_folder, None, "it").startswith(f"{VARIABLE}: xxx")
    assert refused(official_folder, Path("/nowhere"), "it").startswith("--data-root: /nowhere is no folder")
