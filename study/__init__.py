"""The study harness: spaces in, trained auto-encoders and their Pareto fronts out."""

import sys

from study.signals import end_imports_quietly

__version__ = "0.1.0"

if sys.argv[:1] == ["-m"]:  # `python -m study.…`, while Python looks for that module: its imports take a second
    end_imports_quietly()
