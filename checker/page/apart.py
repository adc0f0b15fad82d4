"""Files of unknown origin, opened in a process of their own that can be stopped.

A PDF may ask for endless drawing, a spreadsheet may unpack to more than there is memory, and the library
that reads PDFs serves one thread at a time. So each upload is read by a child process: its bytes go in
through a pipe, its records come out through another, and where the system lets it the child may neither
write a file nor grow or run beyond bounds.
"""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from threading import Timer
from typing import Literal

import msgspec

from checker.codebook import RecordType
from checker.page.columns import Sheet, sheet_of
from checker.read import read_file
from checker.read.columns import count_table
from checker.read.held import HeldFile
from checker.read.problem import CannotRead
from checker.read.table import SUFFIXES
from checker.record import Failure, Record, Unreadable
from checker.settings import Columns, Settings

LONGEST_SECONDS = 20
"""How long the next record, or the whole of a note, may keep us waiting."""

LARGEST_UNPACKED = 300_000_000
"""Bytes that a zipped file (Word, Excel) may say it unpacks to."""

LARGEST_MEMORY = 2_000_000_000
"""Bytes of memory that the child may ask for, its libraries included."""


class Asked(msgspec.Struct, frozen=True):
    """What the child is asked to do with the bytes that follow."""

    task: Literal["sheet", "records"]
    name: str
    settings: Settings = Settings()
    record_type: RecordType | None = None


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the child's answer: exactly one of these."""

    count: int | None = None
    record: Record | None = None
    unreadable: Unreadable | None = None
    sheet: Sheet | None = None


class _Chosen(Columns, frozen=True, kw_only=True):
    """Columns that somebody chose from a list: but for the note's, none must be there."""

    @property
    def named(self) -> tuple[str, ...]:
        """None."""
        return ()


def records(
    file: HeldFile, settings: Settings, record_type: RecordType | None = None
) -> Iterator[int | Record | Unreadable]:
    """Read a file's records apart.

    Parameters
    ----------
    file : HeldFile
    settings : Settings
    record_type : RecordType, optional
        Of records that do not say theirs.

    Yields
    ------
    int or Record or Unreadable
        First how many will come; then each. A child that dies or is too slow ends in an `Unreadable`.
    """
    for answer in _ask(Asked("records", file.name, settings, record_type), file):
        said = (answer.count, answer.record, answer.unreadable)
        yield next(one for one in said if one is not None)


def sheet(file: HeldFile) -> Sheet | Unreadable:
    """What a table holds, and which of its columns may be which."""
    answer = next(_ask(Asked("sheet", file.name), file))
    return answer.sheet or answer.unreadable


def _ask(asked: Asked, file: HeldFile) -> Iterator[Answer]:
    child = subprocess.Popen(
        [sys.executable, "-B", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could quote the note
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        with suppress(BrokenPipeError):  # it died; its silence says so below
            child.stdin.write(msgspec.json.encode(asked) + b"\n")
            child.stdin.write(file.data)
            child.stdin.close()
        while line := _line(child):
            yield msgspec.json.decode(line, type=Answer)
        if child.wait(LONGEST_SECONDS):
            yield _gave_up(file.name)
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with suppress(BrokenPipeError):
                pipe.close()


def _line(child: subprocess.Popen) -> bytes:
    """The child's next line; nothing where it has ended, or was stopped since none came in time."""
    patience = Timer(LONGEST_SECONDS, child.kill)
    patience.daemon = True
    patience.start()
    try:
        line = child.stdout.readline()
        return line if line.endswith(b"\n") else b""
    finally:
        patience.cancel()


def _gave_up(name: str) -> Answer:
    message = (
        f"{name} takes too long or too much memory to read; paste the note's text, or save the file again."
    )
    return Answer(unreadable=Unreadable(source=name, error=Failure(kind="too_large", message=message)))


def _answers(asked: Asked, file: HeldFile) -> Iterator[Answer]:
    """What the child says."""
    try:
        _check_unpacked(file)
        if asked.task == "sheet":
            yield Answer(sheet=sheet_of(file))
            return
        columns = _Chosen(**msgspec.structs.asdict(asked.settings.columns))
        settings = msgspec.structs.replace(asked.settings, columns=columns)
        yield Answer(count=_count(file, settings))
        for found in read_file(file, settings, asked.record_type):
            yield Answer(record=found) if isinstance(found, Record) else Answer(unreadable=found)
    except CannotRead as problem:
        failure = Failure(kind=problem.kind, message=problem.message)
        yield Answer(unreadable=Unreadable(source=file.name, error=failure))


def _count(file: HeldFile, settings: Settings) -> int:
    if file.suffix.lower() not in SUFFIXES:
        return 1
    with suppress(Exception):  # whatever is wrong with the table is said when it is read
        return count_table(file, settings)
    return 1


def _check_unpacked(file: HeldFile) -> None:
    """Refuse a zipped file that says it unpacks to too much; what the readers unpack, they bound by what it says."""
    if not file.data.startswith(b"PK"):
        return
    size = 0
    with suppress(Exception), zipfile.ZipFile(file.open("rb")) as package:  # damage is told by the reader
        size = sum(part.file_size for part in package.infolist())
    if size > LARGEST_UNPACKED:
        raise CannotRead(
            "too_large", f"{file.name} unpacks to far more than a table or a note; save a smaller one."
        )


def _confine() -> None:
    """Bind this process where the system can: no file written, no core dump, memory and time bounded."""
    try:
        import resource
    except ImportError:  # Windows: the parent's patience is all there is
        return
    limits = {
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: LARGEST_MEMORY,
        resource.RLIMIT_CPU: 600,
    }
    for limit, most in limits.items():
        with suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(limit, (most, most))


def main() -> None:
    """The child: a line that asks, then the file's bytes; one line for each answer."""
    _confine()
    asked = msgspec.json.decode(sys.stdin.buffer.readline(), type=Asked)
    for answer in _answers(asked, HeldFile(asked.name, sys.stdin.buffer.read())):
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
