"""The gallery: reports of the studies that are kept in `results/`, written when the site is built.

The directive `reports` shows them, each with a figure and its first sentence.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape
from itertools import chain, repeat
from multiprocessing import get_context
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from threadpoolctl import threadpool_limits

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.report.paper.answers import title
from study.report.results.markdown import answering_together
from study.report.write import write_report

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results"
SENTENCE = "result.txt"
"""The file beside a report that has its first sentence."""

HEADINGS = {
    "paper": "The paper's figures and tables",
    "together": "Several of them on the same axes",
    "first": "Presets as they were first",
}
"""Headings of the gallery, in order. Studies in another folder of `results/` come last, under its name."""


@dataclass(frozen=True)
class Entry:
    """A report of the gallery: under which heading, of which studies."""

    group: str
    studies: tuple[Path, ...]

    @property
    def name(self) -> str:
        return " + ".join(study.name for study in self.studies)

    @property
    def place(self) -> str:
        """Its folder, as from the top of the site."""
        return f"reports/{self.group}/{'+'.join(study.name for study in self.studies)}"

    def plans(self) -> list[StudyPlan]:
        return [StudyPlan.load(StudyFolder(study).plan) for study in self.studies]


def entries() -> list[Entry]:
    """A report of each study that is kept, and one of those that answer the paper's questions together."""
    kept = sorted(records.parent for records in RESULTS.glob("*/*/records.csv"))
    together = answering_together([study for study in kept if study.parent.name == "paper"])
    return [
        *(Entry("together", tuple(studies)) for studies in together if len(studies) > 1),
        *(Entry(study.parent.name, (study,)) for study in kept),
    ]


def write_all(app: Sphinx) -> None:
    """Write the reports that are not there yet, or older than what they are made of."""
    site = Path(app.outdir)
    code = _changed(ROOT / "study")
    old = [entry for entry in entries() if not _is_current(site / entry.place / SENTENCE, entry, code)]
    if app.builder.format != "html" or not old:
        return
    logging.getLogger(__name__).info("writing %d reports of the gallery", len(old))
    with ProcessPoolExecutor(min(len(old), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        list(pool.map(_write, old, repeat(site)))


def _is_current(made: Path, entry: Entry, code: float) -> bool:
    return made.exists() and made.stat().st_mtime > max(code, *map(_changed, entry.studies))


def _changed(folder: Path) -> float:
    """When a file in this folder was changed last."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return max(path.stat().st_mtime for path in files)


def _write(entry: Entry, site: Path) -> None:
    with threadpool_limits(1):  # a process a core is enough
        result = write_report(entry.studies, site / entry.place).result
    (site / entry.place / SENTENCE).write_text(result[0] if result else "", encoding="utf-8")


class Reports(SphinxDirective):
    """All reports, under their headings."""

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # what is in `results/` is no source of Sphinx
        found = entries()
        groups = dict.fromkeys([*HEADINGS, *(entry.group for entry in found)])
        return [self._group(group, [entry for entry in found if entry.group == group]) for group in groups]

    def _group(self, group: str, members: list[Entry]) -> nodes.section:
        heading = HEADINGS.get(group, group)
        cards = nodes.container("", *map(self._card, members), classes=["cards"])
        return nodes.section("", nodes.title("", heading), cards, ids=[nodes.make_id(heading)])

    def _card(self, entry: Entry) -> nodes.Element:
        here = relative_uri(self.env.app.builder.get_target_uri(self.env.docname), entry.place)
        folder, plans = Path(self.env.app.outdir) / entry.place, entry.plans()
        rows = list(dict.fromkeys(chain.from_iterable(plan.space.paper for plan in plans)))
        sentence = (folder / SENTENCE).read_text(encoding="utf-8")
        card = nodes.container("", ids=[nodes.make_id(entry.place)], classes=["card"])
        for figure in figures(folder, rows):
            card += picture(f"{here}/report.html", f"{here}/{figure}", sentence)
            break
        card += nodes.paragraph("", "", nodes.strong("", entry.name))
        if rows:
            card += nodes.paragraph("", " · ".join(map(title, rows)))
        card += nodes.paragraph("", sentence)
        card += nodes.paragraph(
            "",
            "",
            _link("Report", f"{here}/report.html"),
            nodes.Text(" · "),
            _link("Each trial", f"{here}/explore.html"),
        )
        return card


def figures(folder: Path, rows: Sequence[str]) -> Iterator[str]:
    """The figures that can stand for a report, the best first; paths within its folder."""
    names = [*(f"figures/paper_{row}.png" for row in rows), "figures/objectives.png"]
    return (name for name in names if (folder / name).exists())


def picture(leads_to: str, source: str, text: str) -> nodes.raw:
    return nodes.raw(
        "",
        f'<a href="{escape(leads_to)}"><img src="{escape(source)}" alt="{escape(text)}" loading="lazy"></a>',
        format="html",
    )


def _link(text: str, address: str) -> nodes.reference:
    return nodes.reference("", text, refuri=address, internal=True)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", write_all)
    app.add_directive("reports", Reports)
    return {"parallel_read_safe": True}
