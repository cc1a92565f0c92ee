"""Keeping user names and passwords of storage and tracking addresses out of everything that is shown or kept."""

import re
from urllib.parse import unquote

_SECRET = re.compile(r"pass|pwd|token|secret|key|credential|auth|odbc_connect|sig", re.IGNORECASE)
"""Parts of the names of parameters of an address whose values are secret: `sslpassword`, `access_token`, … An
`odbc_connect` is a whole address of its own."""

_WHOLE = re.compile(r"^([\w.+-]+://)[^/:@]*:.*@", re.DOTALL)
_QUOTED = re.compile(r"('[^'\s]*://)[^/:@']*:[^']*@")
_USER = re.compile(r"(?<=://)(?:[^\s/:@?#]*:\S*@|[^/\s]*@)")
_NO_PORT = re.compile(r"(?<=://)([^\s/:@?#\[\]]*):(?!\d+(?:[^\w.%~-]|$))[^\s/?#@:]+")
_PARAMETER = re.compile(r"([?&;])([^=?&;\s]+)=([^&\s]*[^&\s'\",)\]])")


def redact(text: str, mark: str = "***@") -> str:
    """The text with user and password taken out of every address in it, and the values of secret parameters.

    What stands between `://` and the last `@` of a word is taken for user and password if there is a colon in it: a
    password may hold any character. A text that is an address, or a quoted one in it, may even hold spaces there. A
    port that is no number is taken for a password whose host was forgotten.
    """
    text = _WHOLE.sub(rf"\g<1>{mark}", text)
    text = _QUOTED.sub(rf"\g<1>{mark}", text)
    text = _USER.sub(mark, text)
    text = _NO_PORT.sub(r"\g<1>:***", text)
    return _PARAMETER.sub(_parameter, text)


def _parameter(found: re.Match[str]) -> str:
    before, name, _ = found.groups()
    return f"{before}{name}=***" if _SECRET.search(unquote(name)) else found.group()
