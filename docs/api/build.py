"""`make docs`: the API documentation, made of docstrings by pdoc. `python docs/api/build.py FOLDER` writes it there."""

import inspect
import re
import sys
import warnings
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

MODULES = (
    "study",
    r"!study\..+",  # of these, only the parts that follow
    "study.models",
    "study.config",
    "study.data",
    "study.metrics",
    "study.features",
    "study.evaluation",
    "study.pareto",
    "study.records.table",
    "study.plugins",
    "!study.features.train",  # left out of them
    "!study.data.cache",
)
NDARRAY = re.compile(r"numpy\.ndarray\[tuple\[(?:typing\.)?Any, \.\.\.\], numpy\.dtype\[numpy\.(\w+)\]\]")

written_out = inspect.formatannotation


def named(annotation: Any, *arguments: Any, **options: Any) -> str:
    """A type as Python writes it, but for those of arrays, which take it some lines."""
    text = written_out(annotation, *arguments, **options)
    for long in (repr(ArrayLike), written_out(ArrayLike)):
        text = text.replace(long, "ArrayLike")
    return NDARRAY.sub(r"NDArray[\1]", text)


def main(folder: Path) -> None:
    inspect.formatannotation = named  # before pdoc takes it from there
    warnings.filterwarnings("ignore", ".* PydanticDataclass")  # a name that pydantic has for type checkers
    import pdoc

    import study

    vars(study)["Result"] = study.Result  # which is imported when it is asked for; pdoc does not ask
    pdoc.render.configure(docformat="markdown", template_directory=Path(__file__).parent)
    pdoc.pdoc(*MODULES, output_directory=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
