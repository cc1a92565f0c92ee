"""What the site has beside its pages: words by which search finds them, and an `index.html` at its top."""

from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx


def add_words(app: Sphinx, doctree: nodes.document) -> None:
    """Put the words of `search_words` for this page into the index, which search looks at first."""
    words: list[str] = app.config.search_words.get(app.env.docname, [])
    doctree.insert(0, addnodes.index(entries=[("single", word, "", "main", None) for word in words]))


def write_top(app: Sphinx, error: Exception | None) -> None:
    """The landing page at the top of the site too: pages are in folders, as their sources are."""
    if error is None and app.builder.format == "html":
        site, landing = Path(app.outdir), f"{app.config.root_doc}.html"
        page = (site / landing).read_text(encoding="utf-8")
        (site / "index.html").write_text(page.replace("<head>", f'<head><base href="{landing}">', 1), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("search_words", {}, "env", dict)
    app.connect("doctree-read", add_words)
    app.connect("build-finished", write_top)
    return {"parallel_read_safe": True}
