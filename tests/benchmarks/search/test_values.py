"""The table of what real trials had at their rungs."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.search import values
from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.table import RUNG, TrialRecord, write_records
from study.system.errors import InputError
from tests.benchmarks.search.landscape import IMAGES, curves_of, plan_of


def leave(folder: StudyFolder, plan: StudyPlan, curves: values.Curves, failed: int) -> None:
    """A study of these trials, as a launch leaves it; that many have failed after their first rung."""
    records = []
    for number, (config, curve) in enumerate(zip(curves.configs, curves.values, strict=True)):
        trial = folder.trial(number)
        trial.path.mkdir(parents=True)
        state = "failed" if number < failed else "complete"
        for images, measured in list(zip(IMAGES[:-1], curve[:-1], strict=True))[: 1 if number < failed else None]:
            objectives = {"validation_reconstruction": measured[0], "validation_disentanglement": measured[1]}
            trial.append_metrics({"step": images // config.batch_size, "images": images, "seconds": 1.0})
            trial.append_metrics({"step": images, "images": images, "seconds": 1.0, **objectives, RUNG: images})
        final = {"validation_reconstruction": curve[-1, 0], "validation_disentanglement": curve[-1, 1]}
        records.append(TrialRecord(number, config, state, metrics=final if state == "complete" else {}))
    plan.save(folder.plan)
    write_records(records, folder.records)


def test_the_table_holds_what_trials_had_and_grows_with_studies(tmp_path: Path) -> None:
    curves = curves_of(noise=0.1, count=6)
    table = tmp_path / "values.csv"
    for name in ("one", "two"):
        folder = StudyFolder(tmp_path / name)
        leave(folder, plan_of().model_copy(update={"name": name}), curves, failed=1)
        values.extract([folder.path], table)
    once = table.read_bytes()
    values.extract([tmp_path / "one", tmp_path / "two"], table)
    assert table.read_bytes() == once
    assert str(tmp_path) not in table.read_text()
    found = values.read_curves(table, plan_of())
    assert found.ended == {"complete": 10, "failed": 2}
    assert found.images == IMAGES
    assert found.configs == curves.configs[1:] * 2
    np.testing.assert_allclose(found.values, np.concatenate([curves.values[1:]] * 2))
    assert found.of_family("beta-vae").tolist() == [1, 3, 6, 8]


def test_what_is_wrong_with_a_table_is_said_in_a_sentence(tmp_path: Path) -> None:
    table = tmp_path / "values.csv"
    with pytest.raises(InputError, match="no such file"):
        values.read_curves(table, plan_of())
    folder = StudyFolder(tmp_path / "study")
    leave(folder, plan_of(), curves_of(noise=0, count=2), failed=0)
    values.extract([folder.path], table)
    lines = table.read_text().splitlines()
    table.write_text("\n".join(lines[:-2] + lines[-1:]))
    assert values.read_curves(table, plan_of()).images == (*IMAGES[:-2], IMAGES[-1])  # what both have
    table.write_text("\n".join(lines[:-1]))
    with pytest.raises(InputError, match="after the same images"):
        values.read_curves(table, plan_of())
    table.write_text("study,trial\nsmall,0\n")
    with pytest.raises(InputError, match="without the columns batch_size, beta, disentanglement"):
        values.read_curves(table, plan_of())
    write_records([], folder.records)
    with pytest.raises(InputError, match="no trial has ended"):
        values.extract([folder.path], tmp_path / "new.csv")
