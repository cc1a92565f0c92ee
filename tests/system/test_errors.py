"""Errors that are one line."""

from study.system.errors import InputError


def test_a_sentence_is_one_line_whatever_a_file_is_called() -> None:
    assert str(InputError("a\nfile: no space")) == "a file: no space"
