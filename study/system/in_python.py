"""Errors of what was asked for in Python, in the words of Python: the sentences name options of the commands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from study.system.errors import Busy, Halted, InputError, Interrupted

_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z]*(?:-[a-z]+)*)")
_NAMES = {"set": "settings"}
"""Options that have another name in Python."""

_KEPT = "finished work is kept; repeat the same call to resume"


def argument_names(sentence: str) -> str:
    """A sentence about the command's options, with the names that they have in Python: `trial_timeout`, `settings`."""
    return _OPTION.sub(lambda found: _NAMES.get(found[1], found[1].replace("-", "_")), sentence)


@contextmanager
def errors_in_python() -> Iterator[None]:
    """The same errors, in sentences that name arguments. `KeyboardInterrupt` where the study was interrupted."""
    try:
        yield
    except (InputError, Busy) as error:
        raise type(error)(argument_names(str(error))) from None
    except Halted as error:
        raise Halted(f"the study cannot continue: {argument_names(str(error))}; {_KEPT}") from error
    except Interrupted as error:
        raise KeyboardInterrupt(f"{error}; {_KEPT}") from None
