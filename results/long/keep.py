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

from study.records.folder import StudyFolder
from study.search.ownership import TABLE

HERE = Path(__file__).parent


def keep(source: StudyFolder, into: Path) -> Path:
    """The folder `into/NAME`, in which a study of this name is replaced as a whole. The study must not be running."""
    kept = StudyFolder(into / source.path.name)
    shutil.rmtree(kept.path, ignore_errors=True)
    kept.path.mkdir(parents=True)
    shutil.copy(source.plan, kept.plan)
    shutil.copy(source.identity, kept.identity)
    with closing(sqlite3.connect(source.database)) as stored, closing(sqlite3.connect(kept.database)) as copy:
        stored.backup(copy)
        copy.execute(f"DELETE FROM {TABLE.name}")  # the machine and the folder in which it was run
        copy.commit()
        copy.execute("VACUUM")
    for trial in source.trials():
        if trial.outcome.exists():
            folder = kept.trial(int(trial.path.name)).path
            folder.mkdir(parents=True)
            for path in (trial.config, trial.outcome, trial.metrics, trial.arrays):
                if path.exists():
                    shutil.copy(path, folder)
    return kept.path


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(keep(StudyFolder(Path(argument)), HERE))
