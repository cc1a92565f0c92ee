"""The progress bar of data that are made: on a terminal only."""

import pytest

from study.data.cache import bar


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
