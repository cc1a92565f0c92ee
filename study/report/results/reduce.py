"""A study folder reduced to what its claims and figures need: small enough to be committed, and to be drawn again.

Kept are `study.yaml`, `records.csv`, and of the trials' arrays those that the rows of the paper ask for; `claims.csv`
and the paper's figures are made from what was kept, so that they can be made from it again.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from study.records.folder import StudyFolder
from study.report.drawing.style import LOOKS, Look
from study.report.paper import ROWS
from study.report.paper.answers import collect_evidence, read_arrays, serving
from study.report.paper.row import Arrays, Evidence
from study.report.read.studies import Study, load_studies
from study.report.write import write_answers
from study.system.errors import InputError
from study.system.files import write_atomically
from study.system.memory import collector_paused

Asked = dict[tuple[str, int], set[str]]
"""Names of arrays by study label and trial."""


def keep(folders: Sequence[Path], root: Path) -> list[Path]:
    """Reduce studies that share a report into `root/NAME` each; the first gets the claims and figures of all.

    The folders that were written, in this order. `InputError` if a study cannot be read.
    """
    with collector_paused():
        studies = load_studies(folders)
        targets = [root / kept_name(study) for study in studies]
        for study, target in zip(studies, targets, strict=True):
            if os.path.realpath(target) == os.path.realpath(study.folder.path):
                raise InputError(f"keep: {target} is the study itself; what is kept of it goes into another folder")
        if len(set(targets)) < len(targets):
            raise InputError(f"keep: each study goes into the folder of its space; received {_listed(targets)} twice")
        asked = asked_arrays(studies)
        kept = [_reduce(study, target, asked) for study, target in zip(studies, targets, strict=True)]
        write_answers(load_studies(kept), looks=LOOKS[:1])
    return kept


def _listed(targets: Sequence[Path]) -> str:
    return ", ".join(sorted({str(target) for target in targets if targets.count(target) > 1}))


def kept_name(study: Study) -> str:
    """The space's name; with its preset where that is not the quick one."""
    preset = study.plan.preset
    return study.plan.space.name + ("" if preset == "quick" else f"-{preset}")


def asked_arrays(studies: Sequence[Study]) -> Asked:
    """The arrays that the columns and figures of all rows read."""
    asked: Asked = defaultdict(set)
    for name, row in ROWS.items():
        used = serving(studies, name, row)
        if not used:
            continue
        evidence, _ = collect_evidence(used, row)
        watched = replace(evidence, arrays=partial(_watched, evidence, asked))
        if row.columns is not None:
            for _, trial in evidence.trials.iterrows():
                arrays = watched.arrays_of(trial)
                if arrays:
                    row.columns(arrays)
        row.draw(watched, Look())
    return asked


def _watched(evidence: Evidence, asked: Asked, label: str, number: int) -> Arrays:
    return _ReadingsNoted(evidence.arrays(label, number), asked[label, number])


class _ReadingsNoted(Mapping[str, np.ndarray]):
    """Arrays that note which of them are read."""

    def __init__(self, arrays: Arrays, asked: set[str]) -> None:
        self._arrays, self._asked = arrays, asked

    def __getitem__(self, name: str) -> np.ndarray:
        value = self._arrays[name]
        self._asked.add(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


def _reduce(study: Study, into: Path, asked: Asked) -> Path:
    target = StudyFolder(into)
    into.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(into / "trials", ignore_errors=True)
    write_atomically(target.plan, study.folder.plan.read_bytes())
    if study.folder.records.exists():
        write_atomically(target.records, study.folder.records.read_bytes())
    for (label, number), names in sorted(asked.items()):
        arrays = read_arrays(study.folder.trial(number).arrays) if label == study.label and names else {}
        chosen = {name: arrays[name] for name in sorted(names) if name in arrays}
        if chosen:
            write_atomically(target.trial(number).arrays, partial(_save, chosen))
    return into


def _save(arrays: dict[str, np.ndarray], path: Path) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its stub takes a name for an option
