"""What studies of Figure 4 answer, and their tables of trials."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from study.records.folder import StudyFolder
from study.report.paper.answers import Answer, answer
from study.report.read.studies import load_studies

Make = Callable[..., StudyFolder]


def answered(row: Any, *studies: StudyFolder) -> Answer:
    found = answer(load_studies([study.path for study in studies]), row)
    assert found is not None
    return found


def trials_of(study: StudyFolder) -> pd.DataFrame:
    return answered("figure4", study).evidence.trials
