"""A launch from its options to its result: what `python -m study.launch` and `study.run` share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console

from study.config.load import load_space, plain_values, source_of
from study.config.messages import received, sentence
from study.config.plan import StudyPlan, make_plan
from study.config.space import SamplerName
from study.config.values import Number, Truth, Whole
from study.records.folder import Keep, StudyFolder, valid_name
from study.running.preflight import check_process
from study.search.allocation import Resources
from study.system.errors import InputError
from study.system.exit_codes import print_sentence
from study.terminal.options import check_folders, check_number, learnt, points_of

if TYPE_CHECKING:
    from study.records.table import TrialRecord
    from study.running.run import LaunchResult, Options
    from study.search.warm_start import Lesson
    from study.terminal.summary import Wording

FEWEST_SEEDS = 3
"""Least number of seeds on which winners are trained again: with fewer, luck cannot be distinguished from merit."""

MOST_TRIALS_AT_ONCE = 10_000
MOST_GPUS = 10_000


class Launch(BaseModel):
    """The options of a launch, by the names of the command's; `settings` are those of `--set`.

    `space` is a name, the path of a YAML file, or the content of one. `enqueue` is a file, or the points themselves.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    space: Any
    name: str | None
    preset: str
    trials: Whole | None = Field(ge=1)
    settings: Mapping[str, Any]
    plugins: tuple[str, ...]
    output: Path
    data_root: Path | None
    sampler: SamplerName | None
    seed: Whole = Field(ge=0)
    enqueue: Any
    warm_start: Path | None
    early_stopping: Truth | None
    confirm: Whole | None = Field(ge=FEWEST_SEEDS)
    concurrent: Whole | None = Field(ge=1, le=MOST_TRIALS_AT_ONCE)
    gpus_per_trial: Number | None
    address: str | None
    trial_timeout: Number | None
    stall_timeout: Number
    checkpoint_seconds: Number
    retry_failed: Truth
    keep: Keep
    storage: str | None
    tracking_uri: str | None

    @classmethod
    def of(cls, **options: Any) -> Self:
        """These options, checked one by one. `InputError` if one has a value that it cannot have."""
        try:
            return cls.model_validate(options)
        except ValidationError as error:
            raise InputError(f"--{sentence(error)}") from None


@dataclass(frozen=True)
class Prepared:
    """A launch whose options are checked: its plan, its folder, and how it is run.

    `resumed`: whether the study is there already. `lesson`: what its sampler learns from, if anything.
    """

    plan: StudyPlan
    folder: StudyFolder
    options: "Options"
    resumed: bool
    lesson: "Lesson | None"
    confirm: int | None


def prepare(asked: Launch) -> Prepared:
    """The plan of these options, and the study's folder. `InputError` if they do not fit; nothing is written."""
    check_process()
    check_number("--gpus-per-trial", asked.gpus_per_trial, 0, MOST_GPUS)
    check_number("--trial-timeout", asked.trial_timeout, 1)
    check_number("--stall-timeout", asked.stall_timeout, 1)
    check_number("--checkpoint-seconds", asked.checkpoint_seconds, 0)
    space, default_name = load_space(asked.space, asked.plugins)
    name = valid_name(asked.name if asked.name is not None else default_name)
    settings, folder = plain_values(asked.settings), StudyFolder(asked.output / name)
    plan = make_plan(
        space,
        source_of(asked.space),
        name=name,
        preset=asked.preset,
        seed=asked.seed,
        trials=asked.trials,
        sampler=asked.sampler,
        stopping=asked.early_stopping,
        points=_points(asked.enqueue, [each for each in space.parameters if each not in settings], folder),
        overrides=settings,
    )
    from study.running.run import Options, resume_plan
    from study.search.warm_start import gather_lesson, recall_lesson  # imports Optuna

    check_folders(asked.output, folder.path)
    earlier = asked.warm_start
    lesson = gather_lesson(earlier, plan) if earlier and not learnt(earlier, folder) else None
    if lesson is not None:
        plan = plan.model_copy(update={"warm_start": lesson.note})
    plan, resumed = resume_plan(folder, plan, asked.trials)
    lesson = lesson or recall_lesson(plan, folder)
    options = Options(_resources(asked), asked.storage, asked.tracking_uri, asked.keep, asked.retry_failed)
    return Prepared(plan, folder, options, resumed, lesson, asked.confirm)


def _points(enqueue: Any, names: Sequence[str], folder: StudyFolder) -> Sequence[Any]:
    if enqueue is None or isinstance(enqueue, str | Path):
        return points_of(None if enqueue is None else Path(enqueue), names, folder)
    if not isinstance(enqueue, list | tuple):
        raise InputError(f"--enqueue: expected a file or a list of mappings, received {received(enqueue)}")
    return [plain_values(point) for point in enqueue]


def _resources(asked: Launch) -> Resources:
    return Resources(
        address=asked.address,
        concurrent=asked.concurrent,
        gpus_per_trial=asked.gpus_per_trial,
        timeout=asked.trial_timeout,
        stall=asked.stall_timeout,
        checkpoint=asked.checkpoint_seconds,
        data_root=asked.data_root,
    )


def carry_out(prepared: Prepared, console: Console, wording: "Wording") -> "LaunchResult":
    """Run the study to its end, its confirmation included, and show it on the console.

    `Busy`, `InputError`, `Interrupted` or `Halted` if it ends before that.
    """
    from study.running.run import run_study
    from study.terminal.display import Display
    from study.terminal.summary import print_result

    if prepared.lesson is not None:
        print_sentence(console, prepared.lesson.sentence)
    plan, folder, options = prepared.plan, prepared.folder, prepared.options
    result = run_study(plan, folder, options, Display(plan, console).listener, prepared.lesson)
    print_result(console, plan, result, wording)
    if prepared.confirm is not None:
        _confirm(prepared, result.records, prepared.confirm, console, wording)
    return result


def _confirm(
    prepared: Prepared, records: "Sequence[TrialRecord]", seeds: int, console: Console, wording: "Wording"
) -> None:
    """Train the winners of the study again, and put what came of it into its report."""
    from study.report.write import write_report  # imports Matplotlib
    from study.running.confirmation import confirmation, winners
    from study.running.run import run_study
    from study.terminal.display import Display
    from study.terminal.summary import print_confirmation, print_opening, print_result

    plan, folder = prepared.plan, prepared.folder
    found = winners(plan, records)
    if not found:
        return
    confirmed = folder.confirmed
    earlier = StudyPlan.load(confirmed.plan) if confirmed.plan.exists() else None
    again = confirmation(plan, confirmed.path.name, found, seeds, earlier)
    print_opening(console, again, confirmed, earlier is not None)
    ended = run_study(again, confirmed, prepared.options, Display(again, console).listener)
    print_result(console, again, ended, wording)
    print_confirmation(console, write_report([folder.path]))
