"""Files that are replaced as a whole: whatever fails, a reader sees the old content or the new."""

import stat
from pathlib import Path

import pytest

from study.system.files import read_json, write_atomically, write_json


def test_text_bytes_and_what_a_function_writes(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new" / "text", "größer")
    write_atomically(tmp_path / "new" / "bytes", b"\x00\xff")
    write_atomically(tmp_path / "new" / "made", lambda path: path.write_text("made"))
    assert (tmp_path / "new" / "text").read_text(encoding="utf-8") == "größer"
    assert (tmp_path / "new" / "bytes").read_bytes() == b"\x00\xff"
    assert (tmp_path / "new" / "made").read_text() == "made"
    assert len(list((tmp_path / "new").iterdir())) == 3
    assert stat.S_IMODE((tmp_path / "new" / "text").stat().st_mode) == 0o644


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, "before")

    def half(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write_atomically(path, half)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, "first")
    with path.open() as reader:
        write_atomically(path, "second")
        assert reader.read() == "first"
    assert path.read_text() == "second"


def test_json_comes_back(tmp_path: Path) -> None:
    value = {"b": [1, 2.5, None], "a": {"ä": True}}
    write_json(tmp_path / "x.json", value)
    assert read_json(tmp_path / "x.json") == value
