"""The folder that owns a study in a storage, and the command that runs it: one row a study, in a table of its own.

A folder keeps an id. The first launch writes it into the study's row, and a launch from a folder with another id is
refused. While a command runs the study, it increases a counter in the row every `BEAT_SECONDS`. Another command watches
that counter, by its own clock: it is refused when the counter changes, and takes the study over when it has not changed
for `STALE_SECONDS`. A holder on the same machine whose process has ended is replaced at once.
"""

import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Update,
    make_url,
)
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.lock import ourselves, process_is_alive
from study.search.storage import connect, is_there, one_sentence, opened
from study.system.errors import Busy, Halted, InputError
from study.system.files import write_atomically

BEAT_SECONDS = 5.0
"""Seconds between two increases of the counter."""

STALE_SECONDS = 30.0
"""Seconds without an increase after which a holder is taken for dead: six times `BEAT_SECONDS`."""

LOOK_SECONDS = 0.5
"""Seconds between two looks at the counter of another holder."""

TABLE = Table(
    "wae_studies",
    MetaData(),
    Column("name", String(100), primary_key=True),
    Column("folder", String(32), nullable=False),
    Column("place", Text, nullable=False),
    Column("plan", String(64), nullable=False),
    Column("holder", String(32)),
    Column("who", Text),
    Column("beats", Integer, nullable=False),
)
"""`folder`: the id of the study's folder; `place`: where it was at the latest launch. `plan`: `StudyPlan.checksum`.
`holder`: a token of the command that runs the study, None if none does; `who`: the same in words, as JSON."""


class Holding:
    """The right to run a study, as long as `check` does not raise."""

    def __init__(self) -> None:
        self.lost = threading.Event()

    def check(self) -> None:
        """`Halted` if another command has taken the study over: this one was silent for too long."""
        if self.lost.is_set():
            raise Halted(
                f"another command took over this study because this one gave no sign of life for {STALE_SECONDS:g} s"
            )


def check(url: str, plan: StudyPlan, folder: StudyFolder) -> None:
    """`InputError` if the storage holds a study of this name that belongs to another folder or plan. Writes nothing."""
    if not is_there(url):
        return
    with one_sentence(), opened(url) as engine, engine.connect() as connection:
        there = engine.dialect.has_table(connection, TABLE.name)
        _check(_row(connection, plan) if there else None, url, plan, folder)


@contextmanager
def holding(
    url: str, plan: StudyPlan, folder: StudyFolder, say: Callable[[str], None] = lambda sentence: None
) -> Iterator[Holding]:
    """Hold the study of this plan in the storage at `url`; its row and the folder's id are made if they are not there.

    `InputError` as by `check`, `Busy` if another command runs it. `say` is given a sentence where that takes time to
    find out.
    """
    token = uuid.uuid4().hex
    with opened(url) as engine:
        with one_sentence():
            with suppress(IntegrityError, OperationalError, ProgrammingError):  # another command makes it just now
                TABLE.create(engine, checkfirst=True)
            identity = _claim(engine, url, plan, folder, token, say)
        write_atomically(folder.identity, f"{identity}\n")
        held, released = Holding(), threading.Event()
        beating = threading.Thread(target=_beat, args=(engine, plan.name, token, held, released), daemon=True)
        beating.start()
        try:
            yield held
        finally:
            released.set()
            beating.join()
            with suppress(SQLAlchemyError), engine.begin() as connection:
                connection.execute(_own(plan.name, token).values(holder=None, who=None))


def _claim(
    engine: Engine, url: str, plan: StudyPlan, folder: StudyFolder, token: str, say: Callable[[str], None]
) -> str:
    """Make the study's row this command's. The id of the folder."""
    identity = _identity(folder)
    values = {
        "place": f"{socket.gethostname()}:{folder.path.resolve()}",
        "plan": plan.checksum,
        "holder": token,
        "who": json.dumps({**ourselves(), "machine": _machine()}),
    }
    while True:
        with engine.connect() as connection:
            row = _row(connection, plan)
        _check(row, url, plan, folder)
        kept = identity or (row["folder"] if row and _is_inside(url, folder) else uuid.uuid4().hex)
        if row is None:
            change: Update | Insert = TABLE.insert().values(name=plan.name, folder=kept, beats=0, **values)
        else:
            _wait_for(engine, row, plan, say)
            change = _unchanged(row).values(folder=kept, beats=row["beats"] + 1, **values)
        with suppress(IntegrityError), engine.begin() as connection:  # where another command has just made the row
            if connection.execute(change).rowcount:
                return str(kept)


def _wait_for(engine: Engine, row: Mapping[str, Any], plan: StudyPlan, say: Callable[[str], None]) -> None:
    """Return when no command holds the study of this row any more; `Busy` if its holder lives."""
    if row["holder"] is None:
        return
    who = json.loads(row["who"])
    if who["machine"] == _machine() and not process_is_alive(who["pid"]):
        return
    name = f"process {who['pid']} of {who['user']} on {who['host']}"
    say(f"{plan.name} may still be run by {name}: waiting up to {STALE_SECONDS:g} s for a sign of life")
    waited = threading.Event()  # never set
    for _ in range(round(STALE_SECONDS / LOOK_SECONDS)):
        waited.wait(LOOK_SECONDS)
        with engine.connect() as connection:
            now = _row(connection, plan)
        if now is None or now["holder"] is None:
            return
        if (now["holder"], now["beats"]) != (row["holder"], row["beats"]):
            raise Busy(
                f"the study {plan.name!r} in this storage is being run by {name} since {who['since']} "
                f"({who['command']}); wait for it, or use another --name"
            )


def _beat(engine: Engine, name: str, token: str, held: Holding, released: threading.Event) -> None:
    while not released.wait(BEAT_SECONDS):
        with suppress(SQLAlchemyError), engine.begin() as connection:  # what is wrong, the study's own requests say
            if not connection.execute(_own(name, token).values(beats=TABLE.c.beats + 1)).rowcount:
                held.lost.set()
                return


def _check(row: Mapping[str, Any] | None, url: str, plan: StudyPlan, folder: StudyFolder) -> None:
    identity = _identity(folder)
    if row is None:
        if not folder.plan.exists() and not _is_inside(url, folder) and _has_trials(url, plan.name):
            raise InputError(_refusal(plan, "of another folder"))
        return
    if row["folder"] == identity or (identity is None and _is_inside(url, folder)):
        if row["plan"] != plan.checksum and not folder.plan.exists() and _has_trials(url, plan.name):
            raise InputError(_refusal(plan, "of another plan"))
        return
    if row["holder"] is not None or _has_trials(url, plan.name):
        what = "of another folder" if row["plan"] == plan.checksum else "of another plan and folder"
        raise InputError(_refusal(plan, f"{what} ({row['place']})"))


def _refusal(plan: StudyPlan, what: str) -> str:
    return f"--storage: it holds a study {plan.name!r} {what}; use another --name or another --storage"


def _identity(folder: StudyFolder) -> str | None:
    """The id that the folder keeps."""
    try:
        return folder.identity.read_text(encoding="utf-8").strip()[:32] or None
    except (OSError, ValueError):
        return None


def _row(connection: Connection, plan: StudyPlan) -> Mapping[str, Any] | None:
    row = connection.execute(TABLE.select().where(TABLE.c.name == plan.name)).mappings().first()
    return dict(row) if row else None


def _unchanged(row: Mapping[str, Any]) -> Update:
    """A change of this row, if it still is what was read."""
    holder = TABLE.c.holder.is_(None) if row["holder"] is None else TABLE.c.holder == row["holder"]
    return TABLE.update().where((TABLE.c.name == row["name"]) & (TABLE.c.beats == row["beats"]) & holder)


def _own(name: str, token: str) -> Update:
    """A change of the row of a study that is held with this token."""
    return TABLE.update().where((TABLE.c.name == name) & (TABLE.c.holder == token))


def _is_inside(url: str, folder: StudyFolder) -> bool:
    """Whether the storage is the file in the study's own folder, and moves with it."""
    address = make_url(url)
    file = Path(address.database or "")
    return address.get_backend_name() == "sqlite" and file.resolve() == folder.database.resolve()


def _has_trials(url: str, name: str) -> bool:
    storage = connect(url)
    try:
        return storage.get_n_trials(storage.get_study_id_from_name(name)) > 0
    except KeyError:
        return False
    finally:
        storage.remove_session()


def _machine() -> str:
    """The scope of a process id: a boot of a host, and a namespace of process ids in it."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)
