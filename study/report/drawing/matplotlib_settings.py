"""Matplotlib under settings of our own: a report looks the same whatever the user has set for their own figures.

Matplotlib reads a settings file (`matplotlibrc`) and `MPLBACKEND` while it is imported, and the import fails if a file
cannot be read or there is no such backend. This module is therefore imported before every other that uses Matplotlib.
"""

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_FILE = "matplotlibrc"
"""The name of a settings file, which is looked for in the working directory first."""


def import_matplotlib() -> ModuleType:
    """The module `matplotlib`: with the user's settings if it can be imported with them, otherwise without.

    They are not touched in the first case, for a notebook may draw figures of its own. Matplotlib's warnings are
    not printed: they are about settings that the figures here do not use.
    """
    logger = logging.getLogger("matplotlib")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.ERROR)
    try:
        return importlib.import_module("matplotlib")
    except Exception:  # ValueError, OSError, UnicodeDecodeError, …: all that reading a setting can raise
        for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
            del sys.modules[name]  # what the failed import left behind is half initialised
        with _no_settings():
            return importlib.import_module("matplotlib")


@contextmanager
def _no_settings() -> Iterator[None]:
    """Within it Matplotlib finds an empty settings file, and no backend is asked for."""
    before = {name: os.environ.pop(name, None) for name in ("MPLBACKEND", "MATPLOTLIBRC")}
    exists = os.path.exists
    os.environ["MATPLOTLIBRC"] = os.devnull
    os.path.exists = lambda path: path != _FILE and exists(path)
    try:
        yield
    finally:
        os.path.exists = exists
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


mpl = import_matplotlib()


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw with Matplotlib's defaults; the settings that there were come back at its end.

    A figure is to be made and written within it: some settings count when an object is made, others when it is drawn.
    The backend stays as it is. It is not used: figures are drawn by objects, without pyplot.
    """
    defaults = {name: value for name, value in dict.items(mpl.rcParamsDefault) if name != "backend"}
    with mpl.rc_context(defaults):
        yield
