"""The front as a table for a terminal."""

import io

from rich.console import Console

from study.records.folder import StudyFolder
from study.report.terminal import front_as_table
from study.report.write import write_report


def test_values_are_not_cut_in_a_narrow_terminal(study: StudyFolder) -> None:
    summary = write_report([study.path])
    for columns in (70, 80, 200):
        output = io.StringIO()
        Console(file=output, width=columns).print(front_as_table(summary))
        for value in summary.front["reconstruction"]:
            assert f"{value:.1f}" in output.getvalue()
        for column in ("reconstruction", "disentanglement", "settings"):
            assert column in output.getvalue()
        assert max(map(len, output.getvalue().splitlines())) <= columns
