"""The folder of a report: that of one study is its own, a comparison of several has a folder of its own."""

import os
from collections.abc import Sequence
from pathlib import Path

from study.records.folder import StudyFolder
from study.system.errors import InputError

LONGEST_NAME = 200
"""Characters of the name that a comparison's folder gets by default; file systems take 255 bytes."""


def home_of(studies: Sequence[StudyFolder], output: Path | None = None) -> StudyFolder:
    """The folder of the report of these studies: `output`, if it is given.

    By default that of one study is its own, and that of several is beside the first one, called by the names of all:
    `runs/first+second`. No study is called so, for `+` is not allowed in the name of one. `InputError` if the report
    would replace that of another study, or the name would be too long.
    """
    if len(studies) == 1 and (output is None or _same(output, studies[0].path)):
        return studies[0]
    if output is None:
        name = "+".join(study.path.name for study in studies)
        if len(name) > LONGEST_NAME:
            raise InputError(
                f"--output: needed for a report of {len(studies)} studies whose names have {len(name)} characters "
                f"together; without it, {LONGEST_NAME} are allowed"
            )
        output = studies[0].path.parent / name
    home = StudyFolder(output)
    if os.path.lexists(home.plan):
        raise InputError(
            f"--output: received {output}, which holds a study, whose own report would be replaced; name another folder"
        )
    return home


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
