"""Files, signals, errors, memory: what every part uses of the system. Nothing here knows a study."""

VERSION = "0.2.0"
"""The version of this package."""
