"""The output of a launch before and after its trials."""

from typing import TYPE_CHECKING

from rich.console import Console

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.report.text.format import count
from study.running.run import Result
from study.system.exit_codes import print_line

if TYPE_CHECKING:
    from study.report.write import ReportSummary


def print_opening(console: Console, plan: StudyPlan, folder: StudyFolder, resumed: bool) -> None:
    """The study in one line; if it is resumed, with the trials that are there."""
    done = sum(trial.outcome.exists() for trial in folder.trials())
    print_line(
        console,
        f"{plan.name}: {count(plan.trials, 'trial')} of {plan.space.dataset}, preset {plan.preset}, seed {plan.seed}",
    )
    if resumed:
        print_line(console, f"going on with {folder.path}: {done} of {count(plan.trials, 'trial')} are done")


def print_result(console: Console, plan: StudyPlan, result: Result) -> None:
    """The result: in words, the front as a table, what failed, and where to look."""
    from study.report.claims.verdict_table import as_table
    from study.report.terminal import front_as_table  # imports Matplotlib

    for sentence in result.report.result:
        print_line(console, sentence)
    if len(result.report.front):
        console.print(front_as_table(result.report))
    if result.report.verdicts:
        console.print(as_table(result.report.verdicts))
    stopped = sum(record.state == "pruned" for record in result.records)
    if stopped:
        print_line(console, f"{stopped} of {count(len(result.records), 'trial')} stopped early")
    incomplete = [record for record in result.records if record.state not in ("complete", "pruned")]
    for record in incomplete[:10]:
        print_line(console, f"trial {record.trial} ({record.config.family}) {record.state}: {record.reason}")
    if len(incomplete) > 10:
        print_line(console, f"and {len(incomplete) - 10} more that are not complete: see the report")
    if any(record.state == "failed" for record in result.records):
        print_line(console, "the same command with --retry-failed tries failed trials again, from their checkpoints")
    if result.tracking_error:
        print_line(
            console, f"MLflow has not everything ({result.tracking_error}); the same command sends what is missing"
        )
    print_line(console, f"report: {result.report.report}")
    print_line(console, f"MLflow: {result.tracking_command}")


def print_confirmation(console: Console, report: "ReportSummary") -> None:
    """Sentences on the winners of a search that were trained again."""
    for sentence in report.confirmed:
        print_line(console, sentence)
    print_line(console, f"report: {report.report}")
