"""What a study cost, at known times."""

import json

import pandas as pd

from study.records.folder import StudyFolder
from study.report.sections.cost import COST
from study.report.text.format import duration
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
    rows = {row["device"]: row for row in context["rows"]}
    cpu, gpu = rows["CPU"], rows["GPU"]
    assert (cpu["device"], cpu["trials"], gpu["device"], gpu["trials"]) == ("CPU", "8", "GPU", "4")
    assert gpu["parts"] == ["4.0 h", "4 min", "40 min"]
    assert gpu["total"] == "4.7 h"
    assert cpu["parts"][0] == "7.0 h"  # the time of one trial is not known


def test_the_share_of_trials_without_a_result(study: StudyFolder) -> None:
    def timed(records: pd.DataFrame) -> pd.DataFrame:
        ended = records["state"] == "complete"
        return records.assign(training_seconds=pd.Series(80.0, records.index).where(ended), evaluation_seconds=0.0)

    for number in (4, 7):
        study.trial(number).metrics.write_text('{"step": 1200, "images": 120000, "seconds": 32.0, "time": 5e8}\n')
    edited(study, timed)
    analysis = analysis_of(study)
    context = context_of(COST, analysis)
    assert context is not None
    facts = dict(context["facts"])
    images = analysis.trials.set_index("trial")["images_trained"]
    share = images[[4, 7]].sum() / images.sum()
    time = 2 * 32 / (10 * 80 + 2 * 32)
    assert facts["failed or infeasible"] == f"2 trials: {share:.0%} of the images, {time:.0%} of the device time"
    assert facts["training images"] == f"{images.sum():,.0f}"
    assert "stopped early" not in facts


def test_wall_clock_time_is_the_union_of_what_ran(study: StudyFolder) -> None:
    lines = {0: [1000, 1100, 1200], 1: [1150, 1300], 2: [5000, 5060, 9000, 9030]}
    for number, times in lines.items():
        rows = [json.dumps({"step": n, "images": n, "seconds": n, "time": time}) for n, time in enumerate(times)]
        study.trial(number).metrics.write_text("\n".join([*rows, ""]))

    def timed(records: pd.DataFrame) -> pd.DataFrame:
        return records.assign(evaluation_seconds=records["trial"].map({0: 0.0, 1: 50.0, 2: 10.0}))

    edited(study, timed)
    context = context_of(COST, analysis_of(study))
    assert context is not None
    seconds = (1300 + 50 - 1000) + 60 + 30 + 10  # without the interruption from 5060 to 9000
    assert dict(context["facts"])["wall-clock time"] == f"{duration(seconds)} with at least one trial running"


def test_the_largest_peak_of_memory(study: StudyFolder) -> None:
    edited(study, lambda records: records.assign(peak_memory_mib=records["trial"].where(records["trial"] != 9) * 512))
    context = context_of(COST, analysis_of(study))
    assert context is not None
    assert dict(context["facts"])["peak memory of a trial"] == "5.5 GiB"


def test_without_times_there_is_no_section(study: StudyFolder) -> None:
    def untimed(records: pd.DataFrame) -> pd.DataFrame:
        return records.drop(columns=[name for name in records if name.endswith("_seconds")])

    edited(study, untimed)
    for number in range(12):
        study.trial(number).metrics.unlink()
    assert context_of(COST, analysis_of(study)) is None
