"""Two studies on the objectives that they share: `python examples/compare.py runs/first runs/second`.

Whose trials are on the front of both together, and what hypervolume each has by itself. From `study.yaml` and
`records.csv` alone, which is all that a comparison of one's own needs.
"""

import sys
from pathlib import Path

import pandas as pd

from study.config.plan import StudyPlan
from study.pareto.dominance import non_dominated
from study.pareto.hypervolume import hypervolume
from study.records.table import read_records


def main(folders: list[Path]) -> None:
    plans = [StudyPlan.load(folder / "study.yaml") for folder in folders]
    pairs = zip(folders, plans, strict=True)
    tables = [read_records(folder / "records.csv").assign(study=plan.name) for folder, plan in pairs]
    trials = pd.concat(tables, ignore_index=True).query("state == 'complete'")

    first, *others = (plan.space for plan in plans)
    shared = [objective for objective in first.objectives if all(objective in other.objectives for other in others)]
    if not shared:
        sys.exit("these studies share no objective")
    names = [objective.name for objective in shared]
    signs = [objective.sign for objective in shared]  # the functions of study.pareto take all values as minimised
    values = trials[names].to_numpy(dtype=float) * signs

    trials = trials.assign(front=non_dominated(values))
    print(trials[trials["front"]].sort_values(names[0])[["study", "trial", "family", *names]].to_string(index=False))
    reference = [first.reference[name] * sign for name, sign in zip(names, signs, strict=True)]
    for study in trials["study"].unique():
        own = (trials["study"] == study).to_numpy()
        on_front = int(trials.loc[own, "front"].sum())
        print(f"{study}: {on_front} on the front, hypervolume {hypervolume(values[own], reference):.4g}")


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
