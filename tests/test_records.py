"""Records: one row a trial, what it has and no more, and a table that comes back as it was written."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study import records
from study.config import TrialConfig
from study.errors import InputError
from study.records import SHARE, RecordsFile, TrialRecord, read_records, to_table, write_records

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


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
        real = records.write_records

        def slow(some: Any, path: Path) -> None:
            some = list(some)
            self.now += len(some)
            self.writing += len(some)
            real(some, path)

        monkeypatch.setattr(records, "write_records", slow)

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
        assert clock.writing <= SHARE * (clock.now - 100) + n  # the last write, whose rest is still to come
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
