"""What a study cost, at known times."""

import pandas as pd

from study.records.folder import StudyFolder
from study.report.sections.cost import COST
from tests.report.made import analysis_of, edited
from tests.report.read_page import context_of


def test_times_are_added_up_by_device(study: StudyFolder) -> None:
    def timed(records: pd.DataFrame) -> pd.DataFrame:
        first = records["trial"] < 4
        times = {"training_seconds": 3600.0, "curve_seconds": 60.0, "evaluation_seconds": 600.0}
        device = pd.Series("GPU", records.index).where(first, "CPU")
        return records.assign(**times, device=device).assign(
            training_seconds=lambda table: table["training_seconds"].where(table["trial"] != 11)
        )

    edited(study, timed)
    context = context_of(COST, analysis_of(study))
    assert context is not None
    cpu, gpu = context["rows"]
    assert (cpu["device"], cpu["trials"], gpu["device"], gpu["trials"]) == ("CPU", "8", "GPU", "4")
    assert gpu["parts"] == ["4.0 h", "4 min", "40 min"]
    assert gpu["total"] == "4.7 h"
    assert cpu["parts"][0] == "7.0 h"  # the time of one trial is not known


def test_the_share_of_trials_without_a_result_is_said(study: StudyFolder) -> None:
    context = context_of(COST, analysis_of(study))
    assert context is not None
    assert "training images in all; " in context["images"]
    assert context["images"].endswith(" % of them for trials that were stopped early or failed.")


def test_without_times_there_is_no_section(study: StudyFolder) -> None:
    def untimed(records: pd.DataFrame) -> pd.DataFrame:
        return records.drop(columns=[name for name in records if name.endswith("_seconds")])

    edited(study, untimed)
    assert context_of(COST, analysis_of(study)) is None
