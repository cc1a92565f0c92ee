"""Text of a length that every MLflow store takes: what is longer is shortened, with a mark at its end and a warning."""

import logging
from functools import cache

LONGEST = 5000
"""Characters of a tag or a parameter; stores of newer versions take 6,000 to 20,000."""

MARK = "… (shortened)"


def fitted(what: str, text: str, most: int = LONGEST) -> str:
    """The text, or the beginning of a longer one and `MARK`. `what` it is, is said in the warning, once a process."""
    if len(text) <= most:
        return text
    warn_once(f"MLflow: {what} has {len(text):,} characters and is shortened there; the study's folder has all of it")
    return text[: most - len(MARK)] + MARK


@cache
def warn_once(message: str) -> None:
    logging.getLogger(__name__).warning(message)
