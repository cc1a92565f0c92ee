"""Cached files: made once, noticed when damaged or outdated, never half a file, one sentence where it cannot be."""

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from study.data import cache
from study.data.cache import DATA_VARIABLE as VARIABLE
from study.data.cache import bar, cache_folder, cached, official_file, official_folder, sha256, stamp
from study.system.errors import InputError
from tests.make import refused

CONTENT = b"\x01\x02\x03" * 1000


class Maker:
    """Writes the same bytes each time, and counts."""

    def __init__(self, content: bytes = CONTENT) -> None:
        self.content = content
        self.calls = 0

    def __call__(self, path: Path) -> None:
        self.calls += 1
        path.write_bytes(self.content)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAE_STUDY_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == Path.home() / ".cache" / "wae-study"
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_folder() == Path("/elsewhere/wae-study")
    monkeypatch.setenv("WAE_STUDY_CACHE", "/mine")
    assert cache_folder() == Path("/mine")


def test_made_once_and_then_not_even_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Maker()
    path, checksum = cached("a.bits", "1", make)
    assert (path, path.read_bytes(), checksum) == (folder / "a.bits", CONTENT, sha256(path))

    def unread(path: Path) -> str:
        raise AssertionError("a sound file was read through")

    monkeypatch.setattr(cache, "sha256", unread)
    assert cached("a.bits", "1", make) == (path, checksum)
    assert make.calls == 1


def other_size(path: Path) -> None:
    path.write_bytes(CONTENT[:-1])


def other_content(path: Path) -> None:
    status = path.stat()
    path.write_bytes(b"\x00" + CONTENT[1:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))


def gone(path: Path) -> None:
    path.unlink()


def no_note(path: Path) -> None:
    path.with_name(path.name + ".json").unlink()


def broken_note(path: Path) -> None:
    path.with_name(path.name + ".json").write_text('{"version": "1", ')


def strange_note(path: Path) -> None:
    path.with_name(path.name + ".json").write_text('["1"]')


@pytest.mark.parametrize("damage", [other_size, other_content, gone, no_note, broken_note, strange_note])
def test_damage_is_noticed_and_mended(folder: Path, damage: Callable[[Path], None]) -> None:
    make = Maker()
    path, checksum = cached("a.bits", "1", make)
    damage(path)
    assert cached("a.bits", "1", make) == (path, checksum)
    assert path.read_bytes() == CONTENT
    assert make.calls == 2


def test_another_version_is_made_anew(folder: Path) -> None:
    cached("a.bits", "1", Maker(b"old"))
    path, checksum = cached("a.bits", "2", Maker(b"new"))
    assert path.read_bytes() == b"new"
    assert checksum == sha256(path)


def test_a_touched_file_is_read_through_once_and_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, read = Maker(), []
    path, checksum = cached("a.bits", "1", make)
    os.utime(path, ns=(1, 1))

    def counting(path: Path) -> str:
        read.append(path)
        return sha256(path)

    monkeypatch.setattr(cache, "sha256", counting)
    assert cached("a.bits", "1", make) == (path, checksum)
    assert cached("a.bits", "1", make) == (path, checksum)
    assert (make.calls, read) == (1, [path])


def test_a_sound_cache_that_cannot_be_written_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Maker()
    path, checksum = cached("a.bits", "1", make)
    os.utime(path, ns=(1, 1))

    def full(path: Path, value: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "write_json", full)
    assert cached("a.bits", "1", make) == (path, checksum)
    assert make.calls == 1


def test_threads_at_once_make_it_once(folder: Path) -> None:
    make, together = Maker(), threading.Barrier(4)

    def open_it(_: int) -> tuple[Path, str]:
        together.wait()
        return cached("a.bits", "1", make)

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(open_it, range(4)))
    assert make.calls == 1
    assert found == {(folder / "a.bits", sha256(folder / "a.bits"))}


def _make_and_sign(path: Path) -> None:
    path.write_bytes(CONTENT)
    with (cache_folder() / "signatures").open("a") as file:
        file.write(f"{os.getpid()}\n")


def _open(_: int) -> str:
    return cached("a.bits", "1", _make_and_sign)[1]


def test_processes_at_once_make_it_once(folder: Path) -> None:
    folder.mkdir()
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        checksums = set(pool.map(_open, range(3)))
    assert checksums == {sha256(folder / "a.bits")}
    assert len((folder / "signatures").read_text().splitlines()) == 1


def test_a_failing_make_leaves_nothing(folder: Path) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(CONTENT[:10])
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        cached("a.bits", "1", fail)
    assert {path.name for path in folder.iterdir()} <= {"a.bits.lock"}
    assert cached("a.bits", "1", Maker())[0].read_bytes() == CONTENT


def test_a_failing_rebuild_is_not_taken_for_the_file(folder: Path) -> None:
    path, _ = cached("a.bits", "1", Maker())

    def fail(path: Path) -> None:
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        cached("a.bits", "2", fail)
    make = Maker(b"second")
    cached("a.bits", "2", make)
    assert (path.read_bytes(), make.calls) == (b"second", 1)


def test_what_a_killed_process_left_is_cleared_away(folder: Path) -> None:
    folder.mkdir()
    (folder / ".a.bits.x1y2z3").write_bytes(CONTENT)
    (folder / ".b.bits.x1y2z3").write_bytes(CONTENT)
    cached("a.bits", "1", Maker())
    names = {path.name for path in folder.iterdir()}
    assert names == {"a.bits", "a.bits.json", "a.bits.lock", ".b.bits.x1y2z3"}


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("WAE_STUDY_CACHE", str(place))
        with pytest.raises(
            InputError, match=r"cannot be written: .*; set WAE_STUDY_CACHE to a folder with room"
        ) as error:
            cached("a.bits", "1", Maker())
        assert str(place) in str(error.value)
        assert "\n" not in str(error.value)


def test_a_full_disk_is_one_sentence(folder: Path) -> None:
    def fill(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        cached("a.bits", "1", fill)


def test_the_note_says_which_version_lies_there(folder: Path) -> None:
    path, checksum = cached("a.bits", "7", Maker())
    note = json.loads((folder / "a.bits.json").read_text())
    assert (note["version"], note["sha256"], note["found"]["size"]) == ("7", checksum, path.stat().st_size)


def test_nothing_is_printed_where_no_terminal_is(capfd: pytest.CaptureFixture[str]) -> None:
    with bar("rendering", 10) as advance:
        advance(10)
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_terminal_shows_what_is_made(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with bar("rendering", 10) as advance:
        advance(10)
    printed = capfd.readouterr()
    assert printed.out == ""
    assert "rendering" in printed.err


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
    assert refused(official_folder, None, "it").endswith("is not a folder; it should be where it is")
    assert refused(official_folder, None, "it").startswith(f"{VARIABLE}: xxx")
    assert refused(official_folder, Path("/nowhere"), "it").startswith("--data-root: /nowhere is not a folder")


def test_official_files_by_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    wanted = ("It", ("a.h5", "it/a.h5"), "https://example.org")
    assert refused(official_file, None, *wanted) == (
        "It was not found; set --data-root or WAE_STUDY_DATA to a folder with a.h5, which its authors publish at "
        "https://example.org"
    )
    sentence = f"{tmp_path}: It was not found; expected a.h5, published at https://example.org"
    assert refused(official_file, tmp_path, *wanted) == sentence
    (tmp_path / "it").mkdir()
    for place in ("it/a.h5", "a.h5"):
        (tmp_path / place).touch()
        assert official_file(tmp_path, *wanted) == tmp_path / place
        monkeypatch.setenv(VARIABLE, str(tmp_path))
        assert official_file(None, *wanted) == tmp_path / place


def test_a_stamp_changes_with_a_file_s_size_and_time(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_text("a", encoding="utf-8")
    os.utime(file, ns=(5, 5))
    first = stamp(file)
    os.utime(file, ns=(5, 6))
    assert stamp(file) != first
    file.write_text("ab", encoding="utf-8")
    os.utime(file, ns=(5, 5))
    assert stamp(file) != first
    assert refused(stamp, tmp_path / "y") == f"{tmp_path / 'y'}: cannot be read: No such file or directory"
