"""The table of importances as a file: it comes back, and a damaged one has no rows."""

from pathlib import Path

import pandas as pd
import pytest

from study.records.importances import IMPORTANCE_COLUMNS, read_importances, write_importances


def test_it_comes_back_and_an_empty_one_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "importances.csv"
    table = pd.DataFrame([("vae", "fid", "beta", 0.5, 0.25, 60.0)], columns=list(IMPORTANCE_COLUMNS))
    write_importances(table, file)
    pd.testing.assert_frame_equal(read_importances(file), table, check_dtype=False)
    write_importances(table.head(0), file)
    assert not file.exists()
    assert read_importances(file).empty


@pytest.mark.parametrize("content", ["", "family\nx\n", "\x00\x01"])
def test_a_damaged_one_has_no_rows(tmp_path: Path, content: str) -> None:
    (tmp_path / "importances.csv").write_text(content)
    assert read_importances(tmp_path / "importances.csv").empty
