"""The output of a launch before and after its trials."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.report.text.format import count
from study.running.run import LaunchResult
from study.system.exit_codes import print_line, print_sentence

if TYPE_CHECKING:
    from study.report.write import ReportSummary


@dataclass(frozen=True)
class Wording:
    """How sentences name what began the launch. `findings`: whether the result is printed, or only where it is."""

    again: str
    retry: str
    findings: bool


COMMAND = Wording("the same command", "the same command with --retry-failed", findings=True)
CALL = Wording("the same call", "the same call with retry_failed=True", findings=False)
"""Of `study.run`, which returns the findings."""


def print_opening(console: Console, plan: StudyPlan, folder: StudyFolder, resumed: bool) -> None:
    """The study in one line; if it is resumed, with the trials that are there."""
    done = sum(trial.outcome.exists() for trial in folder.trials())
    print_line(
        console,
        f"{plan.name}: {count(plan.trials, 'trial')} of {plan.space.dataset}, preset {plan.preset}, seed {plan.seed}",
    )
    if resumed:
        print_line(console, f"resuming {folder.path}: {done} of {count(plan.trials, 'trial')} are done")


def print_result(console: Console, plan: StudyPlan, result: LaunchResult, wording: Wording = COMMAND) -> None:
    """The result: in words, the front as a table, what failed, and where to look."""
    if wording.findings:
        _print_findings(console, result.report)
    stopped = sum(record.state == "pruned" for record in result.records)
    if stopped:
        print_sentence(console, f"{stopped} of {count(len(result.records), 'trial')} stopped early")
    incomplete = [record for record in result.records if record.state not in ("complete", "pruned")]
    for record in incomplete[:10]:
        print_sentence(console, f"trial {record.trial} ({record.config.family}) {record.state}: {record.reason}")
    if len(incomplete) > 10:
        print_sentence(console, f"and {len(incomplete) - 10} more that are not complete: see the report")
    if any(record.state == "failed" for record in result.records):
        print_sentence(console, f"{wording.retry} runs failed trials again, from their checkpoints")
    if result.tracking_error:
        missing = f"MLflow is not complete ({result.tracking_error})"
        print_sentence(console, f"{missing}; {wording.again} sends the missing part")
    print_line(console, f"report: {result.report.report}")
    print_tracking(console, result.tracking_command, result.trials_url)


def print_tracking(console: Console, command: str, trials_url: str | None) -> None:
    """How MLflow is opened, and the address of its view of the trials."""
    print_line(console, f"MLflow: {command}")
    if trials_url is not None:
        print_line(console, f"trials in MLflow: {trials_url}")


def _print_findings(console: Console, report: "ReportSummary") -> None:
    from study.report.claims.verdict_table import as_table
    from study.report.terminal import front_as_table  # imports Matplotlib

    for sentence in report.result:
        print_sentence(console, sentence)
    if len(report.front):
        console.print(front_as_table(report))
    if report.verdicts:
        console.print(as_table(report.verdicts))


def print_confirmation(console: Console, report: "ReportSummary") -> None:
    """Sentences on the winners of a search that were trained again."""
    for sentence in report.confirmed:
        print_sentence(console, sentence)
    print_line(console, f"report: {report.report}")
