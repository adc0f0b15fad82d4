"""Assessments to work on: what `checker check` wrote, as lines or columns, or records, which are checked first."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from functools import cache
from itertools import chain, groupby
from pathlib import Path

from checker.checking import Checker
from checker.read.parquet import parquet_table
from checker.read.problem import CannotRead
from checker.record import Assessment, Failure, Unreadable
from checker.report import jsonl, typed

_OPENS = b'{"schema":'
"""How every line that `checker check` writes begins: of a pipe the first line can be looked at no further."""

_TELLING = ("reflection_band", "plan_band", "model_sha256", "units")
"""Columns by which a table of results is known."""


def assessments(
    inputs: Iterable[str | Path], checker: Callable[[], Checker]
) -> Iterator[Assessment | Unreadable]:
    """Assessments from any mixture of inputs, in their order, one at a time.

    Parameters
    ----------
    inputs : iterable of path
        What `checker check` wrote, taken as it stands: JSON lines, from standard input (``"-"``) too, and the
        folders of JSON lines or Parquet that it writes on Spark; all else that `checker check` reads,
        checked now.
    checker : callable
        Opens the `Checker`, and is called only where something has to be checked, and then once.

    Yields
    ------
    Assessment or Unreadable
        A line or an input that cannot be read never stops the others.
    """
    opened = cache(checker)
    known = ((path, written(path)) for path in inputs)
    for is_written, some in groupby(known, lambda pair: bool(pair[1])):
        if is_written:
            for file in chain.from_iterable(files for _, files in some):
                yield from _rows(file) if str(file).endswith(".parquet") else _lines(file)
        else:
            yield from opened().check_files(path for path, _ in some)


def written(path: str | Path) -> Sequence[str | Path]:
    """The files of results that an input stands for, as the first of them tells; none where it holds others."""
    if path == "-":
        return [path] if sys.stdin.buffer.peek(len(_OPENS)).startswith(_OPENS) else []
    path = Path(path)
    if path.is_dir():
        # Which files of a Delta table count, only its log says.
        parts = [] if (path / "_delta_log").exists() else sorted(path.glob("part-*"))
        # Spark leaves an empty file where a task had nothing to do.
        first = next((part for part in parts if part.stat().st_size), None)
        return parts if first and _holds_results(first) else []
    return [path] if path.is_file() and _holds_results(path) else []


def _holds_results(path: Path) -> bool:
    try:
        if path.suffix.lower() == ".parquet":
            with closing(parquet_table(path, str(path))) as table:
                return set(_TELLING) <= set(next(table))
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            with path.open("rb") as file:
                jsonl.decode(file.readline())
                return True
    except (OSError, ValueError, CannotRead):
        pass
    return False


def _rows(path: Path) -> Iterator[Assessment | Unreadable]:
    number = 0
    try:
        table = parquet_table(path, str(path))
        names = next(table)
        for number, cells in enumerate(table, start=1):
            try:
                yield typed.result(dict(zip(names, cells, strict=True)))
            except ValueError:
                yield _failed(f"{path}#row {number}", f"Row {number} of {path} is not an assessment")
    except (CannotRead, OSError):
        yield _failed(str(path), f"{path} is damaged after row {number}")


def _lines(path: str | Path) -> Iterator[Assessment | Unreadable]:
    name = "standard input" if path == "-" else path
    with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield jsonl.decode(line)
            except ValueError:
                yield _failed(f"{name}#line {number}", f"Line {number} of {name} is not an assessment")


def _failed(source: str, what: str) -> Unreadable:
    message = f"{what}; write it again with checker check."
    return Unreadable(source=source, error=Failure(kind="corrupt", message=message))
