"""`python -m benchmarks.precision runs/precision`: what bfloat16 products change in a model, and what a seed does.

    python -m study.launch --space benchmarks/precision.yaml

trains five models of each kind in each precision, in some twenty-five minutes of two cores. Printed per family and
metric: mean and standard deviation over seeds in either precision, and the difference in units of its standard error.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.results import save
from study.records.folder import StudyFolder
from study.records.table import read_records

METRICS = ("reconstruction", "disentanglement", "mig", "factor_vae", "dci_disentanglement", "frechet_factors")
KINDS = ("float32", "bfloat16")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.precision", description=__doc__)
    parser.add_argument("study", type=Path, help="its folder")
    parser.add_argument("--output", type=Path, default=Path("results/precision.json"))
    arguments = parser.parse_args()
    records = read_records(StudyFolder(arguments.study).records)
    records = records[records["state"] == "complete"]
    found: dict[str, dict[str, dict[str, float]]] = {}
    print("| Family | Metric | float32 | bfloat16 | difference / its standard error |\n|---|---|--:|--:|--:|")
    for family, trials in records.groupby("family"):
        for metric in METRICS:
            row = compare(*(trials.loc[trials["precision"] == kind, metric] for kind in KINDS))
            found.setdefault(str(family), {})[metric] = row
            cells = [f"{row[f'{kind} mean']:.3f} ± {row[f'{kind} s.d.']:.3f}" for kind in KINDS]
            print(f"| {family} | `{metric}` | {' | '.join(cells)} | {row['standard errors']:+.1f} |")
    save(arguments.output, {"seeds": int(records.groupby(["family", "precision"]).size().min()), "metrics": found})


def compare(high: pd.Series, low: pd.Series) -> dict[str, float]:
    """Means, standard deviations over seeds, and Welch's t of the difference."""
    row: dict[str, float] = {}
    for kind, values in zip(KINDS, (high, low), strict=True):
        row |= {f"{kind} mean": float(values.mean()), f"{kind} s.d.": float(values.std())}
    error = np.sqrt(high.var() / len(high) + low.var() / len(low))
    return {**row, "standard errors": float((low.mean() - high.mean()) / error)}


if __name__ == "__main__":
    main()
