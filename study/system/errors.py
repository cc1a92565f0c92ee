"""Errors that end a command or a trial in a foreseen way."""


class Foreseen(Exception):
    """An error whose text says everything: a notebook shows the sentence without the frames that raised it."""

    def _render_traceback_(self) -> list[str]:
        """The text that IPython prints instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class InputError(Foreseen):
    """Something the user gave cannot be used. One sentence: where, the rule, the value received, what is allowed.

    Commands print the sentence and exit with code 2; nothing has been written by then.
    """

    def __str__(self) -> str:
        """In one line, whatever names of files it holds."""
        return " ".join(super().__str__().splitlines())


class Infeasible(Exception):
    """A configuration that cannot be trained (a loss that is not finite, too little memory): it would fail again."""


class Halted(Foreseen):
    """Something that the study needs is missing: room on its disk, its storage, Ray. Results are kept; the same command
    resumes the study once it is back. Commands exit with code 4."""


class Busy(Foreseen):
    """The study is being run by another process. Commands exit with code 3."""


class Interrupted(Exception):
    """The user, or the system, asked the command to end. Results are kept. Commands exit with code 130."""


def one_line(error: object, limit: int | None = None, *, named: bool = False) -> str:
    """An error, or its text, as one line for a sentence: white space becomes single spaces.

    `limit`: the number of characters after which the line is cut. `named`: the line begins with the error's class.
    """
    text = f"{type(error).__name__}: {error}" if named else str(error)
    return " ".join(text.split())[:limit]


def first_line(error: BaseException, limit: int | None = None) -> str:
    """The first line of what an error says, where the others are details; the name of its class if it says nothing."""
    return (str(error).strip().partition("\n")[0] or type(error).__name__)[:limit]
