"""`python -m benchmarks.verdicts`: how often a report is wrong, from simulated studies and permuted records."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.results import save
from benchmarks.stopwatch import timed
from benchmarks.verdicts.claims import chances, coverage
from benchmarks.verdicts.landscape import Landscape, measured
from benchmarks.verdicts.studies import INTERVALS, NULLS, PERMUTATIONS, POWERS, intervals, planning, rates
from study.system.files import read_json

KEPT = sorted(Path("results/paper").iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.verdicts", description=__doc__)
    parser.add_argument("--studies", type=int, default=1_000, help="simulated studies of each kind")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path("results/verdicts.json"))
    parser.add_argument("--claims", action="store_true", help="the verdicts on the paper's claims only; keep the rest")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    if options.claims:
        found = {name: value for name, value in read_json(options.output).items() if name != "machine"}
    else:
        landscape = measured(Path("results/paper/figure4"))
        with ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
            families, seconds = timed(lambda: of_families(landscape, options.studies, pool))
        settings = {"studies": options.studies, "permutations": PERMUTATIONS, "seconds": round(seconds)}
        found = {**settings, **families}
    found["claims"] = {"coverage": coverage(200 * found["studies"]), "chance": chances(KEPT)}
    print_summary(found)
    save(options.output, found)


def of_families(landscape: Landscape, studies: int, pool: ProcessPoolExecutor) -> dict[str, Any]:
    """Error rates and powers of what is said of families; each cell is printed when it is there."""
    job = partial(rates, landscape=landscape, studies=studies)
    nulls = _each(pool, job, sorted(NULLS, key=lambda cell: -cell.configurations))
    powers = _each(pool, job, POWERS)
    plans = _each(pool, partial(planning, landscape=landscape, studies=studies), (0.25, 0.5))
    leads = _each(pool, partial(intervals, landscape=landscape, studies=studies // 2), INTERVALS)
    different = [cell["different"] for cell in nulls]
    return {
        "different": {"pooled": sum(different) / len(different), "largest": max(different), "cells": nulls},
        "power": powers,
        "planning": plans,
        "intervals": leads,
    }


def _each(pool: ProcessPoolExecutor, job: Callable[..., dict[str, Any]], cells: Sequence[Any]) -> list[dict[str, Any]]:
    def results() -> Iterator[dict[str, Any]]:
        for found in pool.map(job, cells):
            print(found, flush=True)
            yield found

    return list(results())


def print_summary(found: dict[str, Any]) -> None:
    """The rates that are to be small, then the powers, as tables."""
    wrong = found["different"]
    print(
        f"families of one process reported as different: {wrong['pooled']:.1%} pooled, {wrong['largest']:.1%} at most"
    )
    print("| configurations | sampler | shift | the better family wins | its pairs are found |\n|--:|---|--:|--:|--:|")
    for cell in found["power"]:
        shown = f"{cell['configurations']} | {cell['sampler']} | {cell['shift']:g} s.d."
        print(f"| {shown} | {cell['right']:.0%} | {cell['pairs']:.0%} |")
    by_chance = [claim["by chance"] for claim in found["claims"]["chance"]]
    print(f"claims that agree by chance: {np.mean(by_chance):.1%} on average, {max(by_chance):.1%} at most")
    print("| 95 % interval | 3 replicates | 5 | 10 |\n|---|--:|--:|--:|")
    for name, by_number in found["claims"]["coverage"].items():
        print(f"| {name} | {' | '.join(f'{share:.1%}' for share in by_number.values())} |")


if __name__ == "__main__":
    main()
