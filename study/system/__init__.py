"""What every part uses of the system: files, signals, errors. Nothing here knows a study."""

VERSION = "0.1.0"
"""The version of this package."""
