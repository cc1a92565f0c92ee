"""`python -m benchmarks.solvers runs/trained_models`: what the beta-VAE score is by its two fits, on the same examples.

`Optimum` is the optimum of the classifier's convex problem; `Adagrad` is the paper's 100,000 steps towards it. Test
images, standard size. Some eight minutes of a core for twelve models.
"""

import argparse
from pathlib import Path

import torch

from benchmarks.trained import encoded, label, trained
from study.data import load
from study.evaluation.disentanglement import disentanglement_metrics


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.solvers", description=__doc__)
    parser.add_argument("study", type=Path, help="its folder; its trials have kept their weights")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    dataset = load("dsprites")
    columns = [f"{name}{heldout}" for name in ("disentanglement", "disentanglement_4") for heldout in ("", "_heldout")]
    print(f"| Model | {' | '.join(columns)} |\n|---|{'--:|' * len(columns)}")
    differences: dict[str, list[float]] = {name: [] for name in columns}
    for record, model in sorted(trained(arguments.study), key=lambda pair: pair[0].trial):
        table = encoded(model, dataset, "standard")
        values = disentanglement_metrics(table, [*columns, *map(adagrad, columns)])
        for name in columns:
            differences[name].append(values[adagrad(name)] - values[name])
        cells = [f"{values[name]:.3f} / {values[adagrad(name)]:.3f}" for name in columns]
        print(f"| {label(record.config)} | {' | '.join(cells)} |", flush=True)
    for name, found in differences.items():
        print(f"{name}: Adagrad's is {-max(found):.4f} to {-min(found):.4f} lower")


def adagrad(name: str) -> str:
    """The name of the same metric, fitted by Adagrad."""
    return f"{name.removesuffix('_heldout')}_adagrad{'_heldout' if name.endswith('_heldout') else ''}"


if __name__ == "__main__":
    main()
