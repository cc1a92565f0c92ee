"""Pictures in the interactive page: while there is room, the best first."""

import base64
import shutil

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.analysis import analyse
from study.report.explore.pictures import trial_pictures
from study.report.read.album import Album
from study.report.read.studies import load_studies
from tests.report.explore.read_page import page_of


def test_pictures_are_inside_while_there_is_room_the_best_first(study: StudyFolder) -> None:
    everything = page_of(study).pictures
    done = read_records(study.records).query("state == 'complete'")
    assert set(everything) == set(done.index)
    assert all(source.startswith("data:image/png;base64,") for one in everything.values() for source in one.values())
    first = next(iter(trial_pictures(analyse(load_studies([study.path])), Album(study.explore, 0))))
    size = sum(path.stat().st_size for path in study.trial(first).pictures.iterdir())
    some = page_of(study, room=size)
    inside = {trial for trial, one in some.pictures.items() if all(s.startswith("data:") for s in one.values())}
    assert inside == {first}
    best = done.groupby("family")["reconstruction"].idxmin()
    assert first in set(best)
    assert f"{3 * (len(done) - 1)} pictures did not fit into this page" in some.text
    for trial, one in some.pictures.items():
        for name, source in one.items():
            content = (study.trial(trial).pictures / f"{name}.png").read_bytes()
            if trial == first:
                assert base64.b64decode(source.removeprefix("data:image/png;base64,")) == content
            else:
                assert (study.path / source).read_bytes() == content


def test_a_trial_without_pictures_or_with_damaged_ones_has_the_others(study: StudyFolder) -> None:
    shutil.rmtree(study.trial(0).pictures)
    (study.trial(1).pictures / "samples.png").write_text("no picture")
    pictures = page_of(study).pictures
    assert 0 not in pictures
    assert set(pictures[1]) == {"reconstructions", "traversal"}
