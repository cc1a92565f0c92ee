"""What multi-objective early stopping saves, on a surrogate of training.

    python -m benchmarks.search extract runs/STUDY …   values of real trials at every rung: dsprites_quick.csv
    python -m benchmarks.search check                  how far a surrogate made of these is like them: surrogate.json
    python -m benchmarks.search simulate               studies on the surrogate: simulation.json, simulation.png
    python -m benchmarks.search known                  what a quarter of the images gives who knows the front
                                                       beforehand: known_front.json
    python -m benchmarks.search losing                 whether a family that others dominate is tuned, on a made-up
                                                       landscape: losing_family.json
    python -m benchmarks.search figure                 simulation.png, drawn again with all that is known
    python -m benchmarks.search real                   the same arms for real, for a time each: an anecdote, real.json;
                                                       those that it has already are not run again

Arms are random search, TPE and NSGA-II, each without early stopping and with MO-ASHA. The target was fixed before any
was run: random search's median hypervolume after all its full trainings, with at most a quarter of its images.
"""

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.results import save
from benchmarks.search import experiment, real
from benchmarks.search.check import check, print_check
from benchmarks.search.figure import draw
from benchmarks.search.known_front import known_front, print_known_front
from benchmarks.search.losing_family import losing_family, print_losing_family
from benchmarks.search.measures import yardstick
from benchmarks.search.surrogate import Surrogate, fit
from benchmarks.search.values import Curves, extract, read_curves
from benchmarks.stopwatch import timed
from study.config.load import load_space
from study.config.plan import StudyPlan
from study.config.space import SearchSpace
from study.system.errors import InputError
from study.system.files import read_json, write_atomically


def main() -> None:
    arguments = parse()
    try:
        arguments.work(arguments)
    except InputError as error:
        sys.exit(f"error: {error}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=Path("results/search"), help="folder of tables and figures")
    commands = parser.add_subparsers(required=True)

    extracting = commands.add_parser("extract")
    extracting.add_argument("studies", type=Path, nargs="+", help="folders of studies of the quick preset")
    extracting.set_defaults(work=run_extract)

    commands.add_parser("check").set_defaults(work=run_check)

    simulating = commands.add_parser("simulate")
    simulating.add_argument("--seeds", type=int, default=30)
    simulating.add_argument("--trainings", type=int, default=200, help="full ones, whose images are the budget")
    simulating.add_argument("--share", type=float, default=0.5, help="of the budget, for arms with early stopping")
    simulating.add_argument("--workers", type=int, default=4, help="trials at once")
    simulating.add_argument("--processes", type=int, default=2)
    simulating.add_argument(
        "--runs", type=Path, default=Path("runs/search"), help="where it goes on from if it was cut"
    )
    simulating.set_defaults(work=run_simulate)

    commands.add_parser("known").set_defaults(work=run_known)

    losing = commands.add_parser("losing")
    losing.add_argument("--seeds", type=int, default=20)
    losing.add_argument("--processes", type=int, default=2)
    losing.set_defaults(work=run_losing)

    commands.add_parser("figure").set_defaults(work=run_figure)

    for_real = commands.add_parser("real")
    for_real.add_argument("--hours", type=float, default=1.0, help="wall time of each study")
    for_real.add_argument("--seeds", type=int, default=2)
    for_real.add_argument("--samplers", nargs="+", choices=experiment.SAMPLERS, default=experiment.SAMPLERS)
    for_real.add_argument("--set", action="append", default=[], metavar="PARAMETER=VALUE", dest="settings")
    for_real.add_argument("--runs", type=Path, default=Path("runs/search-real"), help="folder of the studies")
    for_real.set_defaults(work=run_real)
    return parser.parse_args()


def run_extract(arguments: argparse.Namespace) -> None:
    table = extract(arguments.studies, values_of(arguments))
    trials = table.drop_duplicates(["study", "trial"])
    print(f"{len(trials)} trials: {trials.groupby(['family', 'state']).size().to_dict()}\n→ {values_of(arguments)}")


def run_check(arguments: argparse.Namespace) -> None:
    space, plan, curves, surrogate = fitted(arguments)
    found, seconds = timed(lambda: check(surrogate, curves, plan, yardstick(space)))
    print_check(found)
    print(f"{seconds:.0f} s")
    save(arguments.results / "surrogate.json", found)


def run_simulate(arguments: argparse.Namespace) -> None:
    space, _, _, surrogate = fitted(arguments)
    setting = experiment.Setting(arguments.trainings, arguments.share, arguments.workers)
    folder, seconds = timed(
        lambda: experiment.run_all(
            space, surrogate, values_of(arguments), setting, arguments.seeds, arguments.processes, arguments.runs
        )
    )
    found = experiment.summary(folder, space, setting, arguments.seeds)
    settings = {**asdict(setting), "seeds": arguments.seeds, "processes": arguments.processes}
    save(arguments.results / "simulation.json", {**found, "settings": settings, "seconds of this command": seconds})
    run_figure(arguments)


def run_known(arguments: argparse.Namespace) -> None:
    simulated = read_json(arguments.results / "simulation.json")
    space, plan, _, surrogate = fitted(arguments)
    settings = simulated["settings"]
    found = known_front(surrogate, plan, yardstick(space), settings["trainings"] // 4, settings["seeds"])
    print_known_front(found, simulated["target"])
    save(arguments.results / "known_front.json", {**found, "seeds": settings["seeds"]})


def run_losing(arguments: argparse.Namespace) -> None:
    space, _ = load_space(experiment.SPACE)
    found = losing_family(space, arguments.seeds, arguments.processes)
    print_losing_family(found)
    save(arguments.results / "losing_family.json", {"figures": found, "seeds": arguments.seeds})


def run_figure(arguments: argparse.Namespace) -> None:
    found = read_json(arguments.results / "simulation.json")
    experiment.print_table(found)
    known = arguments.results / "known_front.json"
    write_atomically(arguments.results / "simulation.png", draw(found, read_json(known) if known.exists() else None))


def run_real(arguments: argparse.Namespace) -> None:
    space, _ = load_space(experiment.SPACE)
    seconds = arguments.hours * 3600
    output = arguments.results / "real.json"
    asked = {"hours": arguments.hours, "set": arguments.settings}
    found = real.kept(output, asked)
    arms = [arm for arm in experiment.ARMS if arm.sampler in arguments.samplers]
    studies = [(arm, seed) for seed in range(arguments.seeds) for arm in arms]
    lacking = [(arm, seed) for arm, seed in studies if real.study_name(arm, seed) not in found]
    print(f"{len(lacking)} of {len(studies)} studies are to run, of {seconds / 60:.1f} minutes each", flush=True)
    for arm, seed in lacking:
        begun = time.time()
        folder = real.launch(arm, seed, seconds, arguments.runs, arguments.settings)
        moments = [seconds * part for part in (0.25, 0.5, 1.0)]
        found[folder.path.name] = [asdict(each) for each in real.over_time(folder, begun, moments, yardstick(space))]
        save(output, {"anecdotal": found}, **asked)
    real.print_anecdote(found)


def values_of(arguments: argparse.Namespace) -> Path:
    path: Path = arguments.results / "dsprites_quick.csv"
    return path


def fitted(arguments: argparse.Namespace) -> tuple[SearchSpace, StudyPlan, Curves, Surrogate]:
    """The space, a plan of it, the measured trials, and the surrogate made of them."""
    space, _ = load_space(experiment.SPACE)
    plan = experiment.arm_plan(space, experiment.BASELINE, seed=0, trials=1)
    curves = read_curves(values_of(arguments), plan)
    surrogate, seconds = timed(lambda: fit(curves, space))
    print(f"surrogate of {len(curves.configs)} trials: {surrogate.chosen}, fitted in {seconds:.0f} s", flush=True)
    return space, plan, curves, surrogate


if __name__ == "__main__":
    main()
