"""Keeping user names and passwords of storage and tracking addresses out of everything that is shown or kept."""

import re


def redact(text: str, mark: str = "***@") -> str:
    """The text with user and password taken out of every address in it."""
    text = re.sub(r"(?<=://)[^/\s]*@", mark, text)
    return re.sub(r"(?i)([?&](?:password|passwd|pwd|token)=)[^&\s'\"]+", r"\1***", text)
