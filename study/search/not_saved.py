"""NotSaved: what is given to Ray Tune and stays out of its snapshots."""

from typing import Any, Self


class NotSaved:
    """Ray pickles what it is given, for a `Tuner.restore` that is never called: of these objects it gets nothing."""

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self
