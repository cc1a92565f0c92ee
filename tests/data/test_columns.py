"""Tables of CSV files in the order of images, values by their type, and parts by name."""

from pathlib import Path

import numpy as np
import pytest

from study.data.columns import named_parts, read_table, typed
from tests.make import refused


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_columns_come_in_the_order_of_the_images(tmp_path: Path) -> None:
    """With a byte-order mark, lines of Windows, a quoted comma, an é in two characters, and a row of no image."""
    table = (
        '\ufefffile,class,size\r\nb.png,two,2\r\n./a.png,"o,ne",1.5\r\n\r\ncafe\u0301/c.png,three,3\r\nd.png,x,9\r\n'
    )
    columns = read_table(write(tmp_path / "f.csv", table), ["a.png", "b.png", "caf\u00e9/c.png"])
    assert {name: values.tolist() for name, values in columns.items()} == {
        "class": ["o,ne", "two", "three"],
        "size": ["1.5", "2", "3"],
    }


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "the first row should name the column of file names, and others, each once; received nothing"),
        ("file\na\n", "each once; received ['file']"),
        ("file,x,x\na,1,1\n", "each once; received ['file', 'x', 'x']"),
        ("file,x\na,1,2\n", "every row must have 2 values; received ['a', '1', '2']"),
        ("file,x\na,\n", "every row must have 2 values; received ['a', '']"),
        ("file,x\na,1\na,1\n", "every image must have one row; received two for a"),
        ("file,x\na,1\n", "has no row for 1 of 2 images, such as b"),
    ],
)
def test_tables_that_do_not_fit(table: str, sentence: str, tmp_path: Path) -> None:
    file = write(tmp_path / "f.csv", table)
    said = refused(read_table, file, ["a", "b"])
    assert said.startswith(f"{file}: ")
    assert said.endswith(sentence)


def test_what_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path / "f.csv", tmp_path / "none.csv", tmp_path):
        assert refused(read_table, file, ["a"]).startswith(f"{file}: cannot be read as a CSV table in UTF-8: ")


def test_types_of_columns() -> None:
    columns = {"a": ["1", "-2"], "b": ["1", "2.5"], "c": ["1", "x"], "d": ["1", "99999999999999999999"]}
    kinds = {name: values.dtype.kind for name, values in typed({k: np.array(v) for k, v in columns.items()}).items()}
    assert kinds == {"a": "i", "b": "f", "c": "U", "d": "f"}


def test_parts_by_name() -> None:
    parts = named_parts(np.array(["test", "train", "validation", "train"]), "part")
    assert [parts.train.tolist(), parts.validation.tolist(), parts.test.tolist()] == [[1, 3], [2], [0]]
    allowed = "split: part should have one of train, validation, test for each image; received"
    assert refused(named_parts, np.array(["train", "val"]), "part") == f"{allowed} 'val'"
    assert refused(named_parts, np.array([[0, 1]]), "part") == f"{allowed} 0"
