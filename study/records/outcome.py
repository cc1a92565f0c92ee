"""Outcome: what a trial leaves of itself. Free of PyTorch, so that the search, which only reads it, is too."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self, get_args

from study.records.folder import TrialFolder
from study.records.table import State
from study.system.errors import one_line
from study.system.files import read_json, write_json


@dataclass(frozen=True)
class Outcome:
    """How a trial ended. `metrics` hold test values by name and validation values with a prefix, if it is complete.

    If it is pruned, its rung and what it was measured by there, under the names of `study.records.table.RUNG`.
    """

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
        """The outcome that a trial left in its folder, if it got so far; failed, if that is damaged."""
        if not folder.outcome.exists():
            return None
        try:
            outcome = cls.from_attributes(read_json(folder.outcome))
            _check(outcome)
            return outcome
        except (OSError, ValueError, TypeError) as error:
            return cls("failed", reason=f"{folder.outcome.name} cannot be read: {one_line(error, 200)}")

    def write(self, folder: TrialFolder) -> Self:
        write_json(folder.outcome, self.attributes())
        return self


def _check(outcome: Outcome) -> None:
    """`ValueError` if this is not what a trial writes."""
    if not all(isinstance(each, dict) for each in (outcome.metrics, outcome.seconds, outcome.provenance)):
        raise ValueError("metrics, seconds and provenance need to be mappings")
    numbers = [*outcome.metrics.values(), *outcome.seconds.values()]
    if outcome.state not in get_args(State) or not isinstance(outcome.reason, str):
        raise ValueError(f"state {outcome.state!r:.60}, reason {outcome.reason!r:.60}")
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers):
        raise ValueError("metrics and seconds need to be numbers")
    if not all(isinstance(value, str) for value in outcome.provenance.values()):
        raise ValueError("the provenance needs to be text")
