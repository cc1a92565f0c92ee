"""Outcome: what a trial leaves of itself. Free of PyTorch, so that the search, which only reads it, is too."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from study.folder import TrialFolder, read_json, write_json
from study.records import State


@dataclass(frozen=True)
class Outcome:
    """How a trial ended. `metrics` hold test values by name and validation values with a prefix; only if complete."""

    state: State
    reason: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)

    def attributes(self) -> dict[str, Any]:
        """As plain values, for JSON and for storage."""
        return asdict(self)

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> Self:
        return cls(**{key: attributes[key] for key in cls.__dataclass_fields__ if key in attributes})

    @classmethod
    def read(cls, folder: TrialFolder) -> Self | None:
        """The outcome that a trial left in its folder, if it got so far, and it can still be read."""
        try:
            return cls.from_attributes(read_json(folder.outcome))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, folder: TrialFolder) -> Self:
        write_json(folder.outcome, self.attributes())
        return self
