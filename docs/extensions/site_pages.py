"""What the site has beside its pages: words for search, pages for folders, and an `index.html` at its top."""

import shutil
from pathlib import Path

from docutils import nodes
from reports import ROOT, entries
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri


def add_words(app: Sphinx, doctree: nodes.document) -> None:
    """Put the words of `search_words` for this page into the index, which search looks at first."""
    words: list[str] = app.config.search_words.get(app.env.docname, [])
    doctree.insert(0, addnodes.index(entries=[("single", word, "", "main", None) for word in words]))


def lead_folders(app: Sphinx, doctree: nodes.document) -> None:
    """Lead a link to the folder of a kept study to its report, and one to another folder to its page."""
    here, uri = app.env.docname, app.builder.get_target_uri
    places = {entry.studies: f"{entry.place}/report.html" for entry in entries()}
    places |= {(ROOT / folder,): uri(page) for folder, page in app.config.folder_pages.items()}
    for link in list(doctree.findall(addnodes.pending_xref)):
        folder = (app.env.doc2path(here).parent / link["reftarget"]).resolve()
        if link["reftype"] == "myst" and (folder,) in places:
            address = relative_uri(uri(here), places[folder,])
            link.replace_self(nodes.reference("", "", *link.children, refuri=address, internal=True))


def forget_sources(app: Sphinx) -> None:
    """Remove the pages of source code, which viewcode would keep with links to where a name was described before."""
    shutil.rmtree(Path(app.outdir) / "_modules", ignore_errors=True)


def write_top(app: Sphinx, error: Exception | None) -> None:
    """The landing page at the top of the site too: pages are in folders, as their sources are."""
    if error is None and app.builder.format == "html":
        site, landing = Path(app.outdir), f"{app.config.root_doc}.html"
        page = (site / landing).read_text(encoding="utf-8")
        (site / "index.html").write_text(page.replace("<head>", f'<head><base href="{landing}">', 1), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("search_words", {}, "env", dict)
    app.add_config_value("folder_pages", {}, "env", dict)
    app.connect("builder-inited", forget_sources)
    app.connect("doctree-read", add_words)
    app.connect("doctree-read", lead_folders)
    app.connect("build-finished", write_top)
    return {"parallel_read_safe": True}
