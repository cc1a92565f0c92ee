"""`python results/long/keep.py runs/STUDY …`: copy here what a fresh clone needs to resume these studies.

Of each: `study.yaml`, the folder's id, Optuna's database, and of every ended trial its folder without weights, pictures
and its place in MLflow. Copy the folder into an output folder and give the command of its launch again: ended trials
are kept as they are, those that were under way start anew.
"""

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
OF_A_TRIAL = ("config.json", "outcome.json", "metrics.jsonl", "arrays.npz")
"""The files of a trial that are kept; the last exists if its dataset has figures that need it."""


def keep(study: Path, into: Path) -> Path:
    """The folder `into/NAME`, in which a study of this name is replaced as a whole. The study must not be running."""
    kept = into / study.name
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for name in ("study.yaml", ".id"):
        shutil.copy(study / name, kept)
    with closing(sqlite3.connect(study / "optuna.db")) as source, closing(sqlite3.connect(kept / "optuna.db")) as copy:
        source.backup(copy)
        copy.execute("DELETE FROM wae_studies")  # the machine and the folder in which it was run
        copy.commit()
        copy.execute("VACUUM")
    for outcome in sorted(study.glob("trials/*/outcome.json")):
        folder = kept / "trials" / outcome.parent.name
        folder.mkdir(parents=True)
        for name in OF_A_TRIAL:
            if (outcome.parent / name).exists():
                shutil.copy(outcome.parent / name, folder)
    return kept


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(keep(Path(argument), HERE))
