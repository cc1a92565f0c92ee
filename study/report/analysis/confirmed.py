"""Winners of a search compared with their results on fresh seeds: a measure of the winner's curse."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from study.config.space import Objective, minimised
from study.pareto.dominance import non_dominated
from study.records.table import VALIDATION
from study.report.analysis.volume import reference_box
from study.report.read.studies import Study, load_studies
from study.report.text.format import count, number, with_unit
from study.system.errors import InputError

FOUND, AGAIN, SPREAD = "found_", "again_", "sd_"
"""Prefixes of columns: the value that the search found; its mean over fresh seeds, and their standard deviation."""


@dataclass(frozen=True)
class Confirmed:
    """A search and the study that trains its winners again.

    `table`: one row a winner that has a complete trial on a fresh seed: `config_id`, `trial` (its first in the search),
    `family`, `seeds`, and of each objective, on test and (prefix VALIDATION) on validation images, FOUND, AGAIN and
    SPREAD. `planned`: how many winners there are. `unread`: why the study of the winners cannot be read, if so.
    """

    search: str
    objectives: tuple[Objective, ...]
    reference: dict[str, float]
    planned: int
    seeds: int
    table: pd.DataFrame
    unread: str = ""


def confirmed(studies: Sequence[Study]) -> list[Confirmed]:
    """The winners of each study; studies whose winners were not trained again are left out."""
    return [found for study in studies if (found := _of(study)) is not None]


def sentences(its: Confirmed) -> list[str]:
    """Sentences on the winners' change."""
    if its.unread:
        return [f"Its winners were trained again, but that study cannot be read: {its.unread}."]
    table, several = its.table, f"{its.seeds} fresh seeds each"
    if table.empty:
        return [f"{count(its.planned, 'winner')} are to be trained again on {several}; none has ended yet."]
    lead = f"{count(len(table), 'winner')} of the search, chosen by validation values, trained again on {several}"
    short = its.planned - int((table["seeds"] >= its.seeds).sum())
    said = [f"{lead} ({short} of {its.planned} not on all of them yet)." if short else f"{lead}."]
    said += [_change(table, objective) for objective in its.objectives]
    box = reference_box(its.objectives, its.reference)
    if box is not None:
        volumes = [box.volume(minimised(table, its.objectives, prefix)) for prefix in (FOUND, AGAIN)]
        said.append(
            f"Together they dominate a hypervolume of {number(volumes[0])} as found and of {number(volumes[1])} by "
            "their means over fresh seeds, on test images."
        )
    if len(its.objectives) > 1 and len(table) > 1:
        still = int(non_dominated(minimised(table, its.objectives, VALIDATION + AGAIN)).sum())
        said.append(
            f"By their means on validation images, {still} of these {len(table)} are dominated by none of them."
        )
    return said


def _change(table: pd.DataFrame, objective: Objective) -> str:
    """The change of an objective, on the validation images that the choice was made by and on test images."""
    parts = []
    for prefix, images in ((VALIDATION, "validation"), ("", "test")):
        worse = objective.sign * (table[f"{prefix}{AGAIN}{objective.name}"] - table[f"{prefix}{FOUND}{objective.name}"])
        mean, error = float(worse.mean()), float(worse.std(ddof=1) / np.sqrt(len(worse))) if len(worse) > 1 else np.nan
        about = "" if np.isnan(error) else f" ± {number(error, objective.name)}"
        by = f" by {with_unit(abs(mean), objective.name)}{about}" if mean else ""
        parts.append(f"{'worse' if mean > 0 else 'better' if mean else 'the same'}{by} on {images} images")
    on_average = ", on average (± standard error over winners)" if len(table) > 1 else ""
    return f"{objective.name}: {' and '.join(parts)}{on_average}."


def _of(study: Study) -> Confirmed | None:
    folder = study.folder.confirmed
    if not folder.plan.exists():
        return None
    objectives, reference = study.plan.space.objectives, dict(study.plan.space.reference)
    try:
        (again,) = load_studies([folder.path])
    except InputError as error:
        return Confirmed(study.label, objectives, reference, 0, 0, pd.DataFrame(), unread=str(error))
    if again.plan.confirms != study.plan.name or again.plan.space.objectives != objectives:
        return None
    rows = []
    fresh = _complete(again.trials, objectives)
    for config_id, own in _complete(study.trials, objectives).groupby("config_id", sort=False):
        seeds = fresh[fresh["config_id"] == config_id]
        if len(seeds):
            rows.append(_row(own, seeds, objectives))
    planned, seeds_each = len(again.plan.points), again.plan.replicates
    return Confirmed(study.label, objectives, reference, planned, seeds_each, pd.DataFrame(rows))


def _row(own: pd.DataFrame, seeds: pd.DataFrame, objectives: Sequence[Objective]) -> dict[str, object]:
    first = own.iloc[0]
    row = {"config_id": first["config_id"], "trial": first["trial"], "family": first["family"], "seeds": len(seeds)}
    for objective in objectives:
        for prefix in ("", VALIDATION):
            name = prefix + objective.name
            row[f"{prefix}{FOUND}{objective.name}"] = own[name].mean()
            row[f"{prefix}{AGAIN}{objective.name}"] = seeds[name].mean()
            row[f"{prefix}{SPREAD}{objective.name}"] = seeds[name].std(ddof=1)
    return row


def _complete(trials: pd.DataFrame, objectives: Sequence[Objective]) -> pd.DataFrame:
    names = [prefix + objective.name for objective in objectives for prefix in ("", VALIDATION)]
    complete = trials[trials["state"] == "complete"].reindex(columns=trials.columns.union(names, sort=False))
    return complete[np.isfinite(complete[names].to_numpy(dtype=float)).all(axis=1)]
