"""What the trials of studies had at every rung and at their end: one table, which grows with the studies.

One row a trial and number of images: `study`, `trial`, `seed`, `config_id`, `state`, the searched parameters (empty
where a family does not have one), `images`, and the objectives on validation images. `images` are those of a rung,
where the reduced part is measured, as for a trial that may be stopped; in a trial's last row all that it was to see,
with the values that search was told. That row is without values if the trial was not complete.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.records.folder import StudyFolder
from study.records.table import RUNG, VALIDATION, read_records
from study.system.errors import InputError
from study.system.files import write_atomically


def extract(paths: Sequence[Path], output: Path) -> pd.DataFrame:
    """Write the table of these studies' folders to `output`. What it has of other studies stays."""
    tables = [_of_study(StudyFolder(path)) for path in paths]
    if output.exists():
        before = pd.read_csv(output)
        tables.insert(0, before[~before["study"].isin([name for table in tables for name in table["study"]])])
    filled = [table for table in tables if len(table)]
    if not filled:
        raise InputError(f"{', '.join(map(str, paths))}: no trial has ended there")
    whole = pd.concat(filled, ignore_index=True)
    write_atomically(output, whole.to_csv(index=False))
    return whole


def _of_study(folder: StudyFolder) -> pd.DataFrame:
    plan = StudyPlan.load(folder.plan)
    rows: list[dict[str, Any]] = []
    for record in read_records(folder.records).to_dict("records"):
        searched = {name: record.get(name) for name in plan.space.parameters}
        config = _config(record, plan)
        shared = {"study": plan.name, **{name: record[name] for name in ("trial", "seed", "config_id", "state")}}
        rungs = {
            int(line[RUNG]): line
            for line in folder.trial(record["trial"]).read_metrics(having=f'"{RUNG}"')
            if RUNG in line
        }
        measured: dict[int, Mapping[Any, Any]] = {
            **rungs,
            config.total_images: record if record["state"] == "complete" else {},
        }
        for images, values in measured.items():
            objectives = {o.name: values.get(VALIDATION + o.name) for o in plan.space.objectives}
            rows.append({**shared, **searched, "images": images, **objectives})
    return pd.DataFrame(rows, columns=None if rows else ["study"])


@dataclass(frozen=True)
class Curves:
    """The complete trials of a table: configurations (n), images (k), and values (n, k, m), m objectives.

    The last of the images is a trial's end. `ended` counts all trials by their state.
    """

    configs: tuple[TrialConfig, ...]
    images: tuple[int, ...]
    values: NDArray[np.float64]
    ended: dict[str, int]

    def of_family(self, family: str) -> NDArray[np.int64]:
        """The places of a family's trials."""
        return np.array([place for place, config in enumerate(self.configs) if config.family == family], dtype=int)


def read_curves(path: Path, plan: StudyPlan) -> Curves:
    """The curves in the table at `path`, whose trials are of this plan's space and budget, where all were measured.

    `InputError` if there is no such table, or its trials share no rung and end.
    """
    try:
        table = pd.read_csv(path)
    except FileNotFoundError:
        raise InputError(f"--values: no such file: {path}; `extract` makes it of studies") from None
    names = [objective.name for objective in plan.space.objectives]
    missing = {"study", "trial", "seed", "state", "images", *plan.space.parameters, *names} - set(table)
    if missing:
        raise InputError(f"--values: {path} is without the columns {', '.join(sorted(missing))}")
    trials = [trial.sort_values("images") for _, trial in table.groupby(["study", "trial"], sort=False)]
    complete = [trial for trial in trials if trial["state"].iloc[0] == "complete"]
    measured = {tuple(int(each) for each in trial["images"]) for trial in complete}
    images = sorted(set[int]().union(*measured).intersection(*measured))
    if len(images) < 2 or {images[-1]} != {each[-1] for each in measured}:  # a rung, and their end
        raise InputError(f"--values: {path} needs trials measured after the same images; received {sorted(measured)}")
    return Curves(
        configs=tuple(_config(trial.to_dict("records")[0], plan) for trial in complete),
        images=tuple(images),
        values=np.array([trial[trial["images"].isin(images)][names].to_numpy(np.float64) for trial in complete]),
        ended=dict(Counter(str(trial["state"].iloc[0]) for trial in trials)),
    )


def _config(row: Mapping[Any, Any], plan: StudyPlan) -> TrialConfig:
    """The configuration of a row: what a family does not have is an empty cell."""
    point = {name: row[name] for name in plan.space.parameters if name in row and pd.notna(row[name])}
    return plan.trial_config(point, seed=row["seed"])
