"""Records: one row a trial, what it has and no more, and a table that comes back as it was written."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study.config.trial import TrialConfig
from study.records import table as records_table
from study.records.table import (
    IMPORTANCE_COLUMNS,
    WRITING_SHARE,
    RecordsFile,
    TrialRecord,
    read_importances,
    read_records,
    to_table,
    write_importances,
    write_records,
)
from study.system.errors import InputError

LEADING = ["trial", "config_id", "state", "reason", "family", "seed"]


def config(**changed: Any) -> TrialConfig:
    base = {"dataset": "dsprites", "family": "wae-gaussian", "seed": 3, "images": 1000, "latent_dim": 8}
    return TrialConfig(**{**base, **changed})


COMPLETE = TrialRecord(
    1,
    config(lambda_1=2),
    "complete",
    metrics={"reconstruction": 51.25, "validation_reconstruction": 50.5},
    seconds={"training": 12.5},
    provenance={"code_version": "abc", "device": "cpu"},
    mlflow_run_id="0012",
)
FAILED = TrialRecord(0, config(family="beta-vae", beta=4), "failed", reason='out of memory, "twice"\nsaid the system')


def test_a_row_has_what_the_trial_has() -> None:
    row = COMPLETE.row()
    assert {key: row[key] for key in LEADING} == {
        "trial": 1,
        "config_id": COMPLETE.config.config_id,
        "state": "complete",
        "reason": "",
        "family": "wae-gaussian",
        "seed": 3,
    }
    assert row["lambda_1"] == 2
    assert row["reconstruction"] == 51.25
    assert row["training_seconds"] == 12.5
    assert row["learning_rate_schedule"] == "1 0.7 0.3 0.1"
    assert (row["code_version"], row["mlflow_run_id"]) == ("abc", "0012")
    assert "beta" not in row
    assert "fid" not in row


def test_the_table_is_by_number_and_lacks_what_a_trial_lacks() -> None:
    table = to_table([COMPLETE, FAILED])
    assert list(table["trial"]) == [0, 1]
    assert list(table.columns[:6]) == LEADING
    failed, complete = table.iloc[0], table.iloc[1]
    assert pd.isna(failed["reconstruction"])
    assert pd.isna(failed["lambda_1"])
    assert failed["beta"] == 4
    assert pd.isna(complete["beta"])


def test_the_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_records([COMPLETE, FAILED], tmp_path / "records.csv")
    table = read_records(tmp_path / "records.csv")
    assert list(table["reason"]) == [FAILED.reason, ""]
    assert list(table["mlflow_run_id"]) == ["", "0012"]
    assert list(table["config_id"]) == [FAILED.config.config_id, COMPLETE.config.config_id]
    assert list(table.columns) == list(to_table([COMPLETE, FAILED]).columns)
    assert table["reconstruction"].iloc[1] == 51.25


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.floats(allow_nan=False, allow_infinity=False),
    reason=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=20),
    name=st.from_regex(r"[0-9a-f]{10}", fullmatch=True),
)
def test_values_and_words_come_back_exactly(tmp_path: Path, value: float, reason: str, name: str) -> None:
    record = replace(COMPLETE, metrics={"reconstruction": value}, reason=reason, mlflow_run_id=name)
    write_records([record], tmp_path / "records.csv")
    table = read_records(tmp_path / "records.csv")
    assert table["reconstruction"].iloc[0] == value
    assert table["reason"].iloc[0] == reason
    assert table["mlflow_run_id"].iloc[0] == name


def test_no_digit_of_a_value_is_lost(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=2000) * 100
    records = [replace(COMPLETE, trial=n, metrics={"reconstruction": float(v)}) for n, v in enumerate(values)]
    write_records(records, tmp_path / "records.csv")
    assert read_records(tmp_path / "records.csv")["reconstruction"].tolist() == values.tolist()


@pytest.mark.parametrize("reason", ["NA", "None", "nan", "null", "", " "])
def test_a_reason_is_text_whatever_it_says(tmp_path: Path, reason: str) -> None:
    write_records([replace(FAILED, reason=reason)], tmp_path / "records.csv")
    assert list(read_records(tmp_path / "records.csv")["reason"]) == [reason]


@pytest.mark.parametrize("version", ["0679e3348146", "123456789012", "3.10", "0012", "inf", "nan", "True", "NA"])
def test_what_made_a_trial_is_text_even_if_it_looks_like_a_number(tmp_path: Path, version: str) -> None:
    record = replace(COMPLETE, provenance={"code_version": version, "python": version})
    write_records([record, replace(record, trial=2)], tmp_path / "records.csv")
    table = read_records(tmp_path / "records.csv")
    assert table[["code_version", "python"]].to_numpy().tolist() == [[version, version]] * 2


def test_a_metric_of_another_version_is_numbers(tmp_path: Path) -> None:
    values = {"crispness": 0.5, "validation_crispness": 0.25, "full_crispness": 1.0}
    write_records([replace(COMPLETE, metrics=values)], tmp_path / "records.csv")
    table = read_records(tmp_path / "records.csv")
    assert table[list(values)].to_numpy(dtype=object).tolist() == [list(values.values())]


def test_a_choice_between_true_and_false_is_one(tmp_path: Path) -> None:
    records = [replace(COMPLETE, trial=n, config=config(tanh_mean=n == 1)) for n in range(2)]
    write_records(records, tmp_path / "records.csv")
    assert read_records(tmp_path / "records.csv")["tanh_mean"].tolist() == [False, True]


def test_no_trial_yet_is_a_table_without_rows(tmp_path: Path) -> None:
    write_records([], tmp_path / "records.csv")
    table = read_records(tmp_path / "records.csv")
    assert len(table) == 0
    assert list(table.columns) == LEADING


def test_the_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    write_records([COMPLETE, FAILED], path)
    with path.open() as reader:
        write_records([COMPLETE], path)
        assert len(pd.read_csv(reader)) == 2
    assert len(read_records(path)) == 1
    assert list(tmp_path.iterdir()) == [path]


class Clock:
    """Goes on only when told; writing the records takes a second for each of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.writing = 0.0
        real = records_table.write_records

        def slow(some: Any, path: Path) -> None:
            some = list(some)
            self.now += len(some)
            self.writing += len(some)
            real(some, path)

        monkeypatch.setattr(records_table, "write_records", slow)

    def __call__(self) -> float:
        return self.now


def many(n: int) -> list[TrialRecord]:
    return [replace(COMPLETE, trial=number) for number in range(n)]


def test_the_file_rests_nineteen_times_as_long_as_it_took_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, clock = tmp_path / "records.csv", Clock(monkeypatch)
    file = RecordsFile(path, clock)
    file.changed(many(1))
    assert (clock.now, len(read_records(path))) == (101, 1)
    clock.now = 119.9
    file.changed(many(2))
    assert len(read_records(path)) == 1
    file.catch_up(many(2))
    assert len(read_records(path)) == 1
    clock.now = 120
    file.catch_up(many(2))
    assert (clock.now, len(read_records(path))) == (122, 2)
    clock.now = 1000
    file.catch_up(many(2))
    assert clock.now == 1000  # nothing is lacking
    file.changed(many(3))
    file.write(many(4))
    assert len(read_records(path)) == 4


def test_writing_never_takes_more_than_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    file = RecordsFile(tmp_path / "records.csv", clock)
    for n in range(1, 101):
        clock.now += 7
        file.changed(many(n))
        assert clock.writing <= WRITING_SHARE * (clock.now - 100) + n  # the last write, whose rest is still to come
    assert len(read_records(tmp_path / "records.csv")) >= 50


WRONG = {
    b"": "cannot be read as a table: No columns",
    b"a,b\n1,2\n": "not the records of a study: without the columns trial, config_id, state, reason, family, seed",
    b'a,"b\n1,2\n': "cannot be read as a table: ",
    b"\xff\xfe\x00": "cannot be read as a table: ",
    b"a,b\n1,2,3\n4,5,6,7\n": "cannot be read as a table: ",
}


@pytest.mark.parametrize(("content", "sentence"), WRONG.items())
def test_what_is_no_table_of_records_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_records(path)
    assert str(error.value).startswith(f"{path}: {sentence}")
    assert "\n" not in str(error.value)


def test_no_table_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"records\.csv: no such file; a study writes it as its trials end"):
        read_records(tmp_path / "records.csv")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The records of two trials, changed as a spreadsheet program changes them."""
    path = tmp_path / "records.csv"
    write_records([COMPLETE, FAILED], path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode())
    return path


NEEDS = "needs a number with a decimal point, or no value; received "
OTHER_NUMBERS = [
    (",51.25,", ',"51,25",', f"reconstruction of trial 1 {NEEDS}'51,25'"),
    (",51.25,", ',"1,251.25",', f"reconstruction of trial 1 {NEEDS}'1,251.25'"),
    (",51.25,", ',"1.251,25",', f"reconstruction of trial 1 {NEEDS}'1.251,25'"),
    (",51.25,", ",1 251.25,", f"reconstruction of trial 1 {NEEDS}'1 251.25'"),
    (",51.25,", ",1'251.25,", f'reconstruction of trial 1 {NEEDS}"1\'251.25"'),
    (",51.25,", ",1_251.25,", f"reconstruction of trial 1 {NEEDS}'1_251.25'"),
    (",51.25,", ",0x33,", f"reconstruction of trial 1 {NEEDS}'0x33'"),
    (",51.25,", ",#N/A,", f"reconstruction of trial 1 {NEEDS}'#N/A'"),
    (",51.25,", ",True,", f"reconstruction of trial 1 {NEEDS}True"),
    (",50.5,", ',"50,5",', f"validation_reconstruction of trial 1 {NEEDS}'50,5'"),
    (",12.5,", ',"12,5",', f"training_seconds of trial 1 {NEEDS}'12,5'"),
    (",4.0,", ',"4,0",', f"beta of trial 0 {NEEDS}'4,0'"),
    (",1000,", ',"1,000",', f"images of trial 0 {NEEDS}'1,000'"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), OTHER_NUMBERS, ids=[new for _, new, _ in OTHER_NUMBERS])
def test_a_number_written_otherwise_is_one_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(InputError) as error:
        read_records(path)
    assert str(error.value) == f"{path}: {sentence}; the study's next launch writes it again"


@pytest.mark.parametrize("mark", [";", "\t", "|"])
@pytest.mark.parametrize("point", [".", ","])
def test_other_separators_are_one_sentence(tmp_path: Path, mark: str, point: str) -> None:
    path = changed(tmp_path, ",", mark)
    path.write_text(path.read_text(encoding="utf-8").replace(".", point), encoding="utf-8")
    with pytest.raises(InputError, match="columns are separated by commas, and numbers have a decimal point; rec"):
        read_records(path)


def test_decimal_commas_without_quotes_are_one_sentence(tmp_path: Path) -> None:
    """In every row, so that pandas would take the first column for names of rows and shift all others."""
    path = tmp_path / "records.csv"
    write_records([replace(COMPLETE, trial=number) for number in (0, 1)], path)
    path.write_text(path.read_text(encoding="utf-8").replace("51.25", "51,25"), encoding="utf-8")
    with pytest.raises(InputError, match=r"records\.csv: trial needs a number in every row; received '"):
        read_records(path)


def test_a_byte_order_mark_and_other_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    write_records([COMPLETE], path)
    expected = read_records(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(read_records(path), expected)
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("utf-16"))
    with pytest.raises(InputError, match=r"records\.csv: cannot be read as a table: "):
        read_records(path)


@pytest.mark.parametrize("cell", ["", "inf", "-inf", "nan", "1e400", "9" * 400, "+51", "51.", ".5", "5E1"])
def test_numbers_that_are_none_or_too_large_are_read(tmp_path: Path, cell: str) -> None:
    assert len(read_records(changed(tmp_path, ",51.25,", f",{cell},"))) == 2


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
