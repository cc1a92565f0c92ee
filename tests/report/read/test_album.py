"""Pictures in a page while there is room; beyond it, links."""

from study.records.folder import StudyFolder
from study.report.read.album import Album


def test_pictures_without_room_are_links(study: StudyFolder) -> None:
    from study.report.read.studies import load_studies

    album = Album(study.report, room=1)
    (loaded,) = load_studies([study.path])
    shown = album.of(loaded, 0)
    assert [(p.name, p.source, p.link) for p in shown] == [
        (name, "", f"trials/0000/pictures/{name}.png") for name in ("reconstructions", "samples", "traversal")
    ]
    assert album.linked == 3
