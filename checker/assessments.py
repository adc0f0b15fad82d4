"""Assessments to work on: what `checker check` wrote as JSON lines, or records, which are checked first."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import cache
from itertools import groupby
from pathlib import Path

from checker.checking import Checker
from checker.record import Assessment, Failure, Unreadable
from checker.report import jsonl

_OPENS = b'{"schema":'
"""How every line that `checker check` writes begins: of a pipe the first line can be looked at no further."""


def assessments(
    inputs: Iterable[str | Path], checker: Callable[[], Checker]
) -> Iterator[Assessment | Unreadable]:
    """Assessments from any mixture of inputs, in their order, one at a time.

    Parameters
    ----------
    inputs : iterable of path
        JSON lines that `checker check` wrote, taken as they stand, from standard input (``"-"``) too;
        all else that `checker check` reads, checked now.
    checker : callable
        Opens the `Checker`, and is called only where something has to be checked, and then once.

    Yields
    ------
    Assessment or Unreadable
        A line or an input that cannot be read never stops the others.
    """
    opened = cache(checker)
    for written, paths in groupby(inputs, is_written):
        if written:
            for path in paths:
                yield from _lines(path)
        else:
            yield from opened().check_files(paths)


def is_written(path: str | Path) -> bool:
    """Whether a file or ``"-"`` holds the JSON lines of `checker check`, as its first line tells."""
    if path == "-":
        return sys.stdin.buffer.peek(len(_OPENS)).startswith(_OPENS)
    path = Path(path)
    if path.suffix.lower() not in (".jsonl", ".ndjson") or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            jsonl.decode(file.readline())
    except (OSError, ValueError):
        return False
    return True


def _lines(path: str | Path) -> Iterator[Assessment | Unreadable]:
    name = "standard input" if path == "-" else path
    with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield jsonl.decode(line)
            except ValueError:
                message = (
                    f"Line {number} of {name} is not an assessment; write the file again with checker check."
                )
                yield Unreadable(
                    source=f"{name}#line {number}", error=Failure(kind="corrupt", message=message)
                )
