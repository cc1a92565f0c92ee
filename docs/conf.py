"""The documentation site: `make docs` builds it into `build/docs`.

Its source is the whole checkout, of which the pages below are taken: so a link from one Markdown file to another is the
same on the site as on a code host, and Sphinx checks it.
"""

import sys
from pathlib import Path

from study.system import VERSION

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "wae-study"
version = release = VERSION
copyright = "the wae-study maintainers. Apache-2.0"
language = "en"

root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/**",
    "benchmarks/README.md",
    "results/*.md",
    "results/*/*.md",
    "examples/first_study.ipynb",
]
exclude_patterns = ["**/.*", "build", "dist", "runs", "models", "study", "tests", "docs/extensions", "docs/static"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "docstrings",
    "reports",
    "site_pages",
]

# Markdown: anchors of headings are those that code hosts make
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

# What readers search for, where a page's title has other words
search_words = {
    "docs/running": ["resume", "retry", "score again"],
    "docs/paper": ["Figure 1", "Figure 2", "Figure 3", "Figure 4", "Figure 5", "Table 1", "reproduce"],
    "docs/data": ["own data", "own images", "own dataset"],
    "docs/plugins": ["own model", "own network", "own metric"],
    "docs/cluster": ["cluster", "GPU", "Kubernetes", "PostgreSQL"],
    "docs/tracking": ["MLflow", "load a model"],
    "docs/terminal": ["dry run", "cost", "status"],
    "docs/search": ["sampler", "early stopping", "confirm", "warm start", "replicates"],
}

# Links to folders; those to the folder of a kept study lead to its report
folder_pages = {"examples/plugins": "docs/examples"}

# The notebook is run where nothing is left behind, and again only when it has changed
nb_execution_mode = "cache"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 600

# The API: types short, defaults as they are written
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True}
add_module_names = False
python_use_unqualified_type_names = True
maximum_signature_line_length = 88
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!study\b).*"),  # what other projects document
    (r"py:obj", r".*"),  # in code quotes stand all kinds of things, names among them
    (r"py:class", r".*\._\w+"),
]

html_theme = "furo"
html_title = "wae-study"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
