"""What runs in Spark's Python workers: cells or files to records, and records to results.

Data goes in and out as Arrow (`mapInArrow`): pandas has no list of structs with nulls in it, so that units
would be turned over twice for nothing. Whatever is wrong with a record becomes its error row here, since an
exception would fail the job, and Spark would print it.
"""

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from checker.checking import Checker
from checker.codebook import RecordType
from checker.read import read_file
from checker.read.columns import one_line, read_row
from checker.read.table import Row, column_key
from checker.record import Assessment, Failure, Record, Unreadable
from checker.report import csv_rows, jsonl, typed
from checker.settings import Settings

RECORDS = pa.schema(
    [("id", pa.string()), ("source", pa.string()), ("record", pa.binary()), ("unreadable", pa.binary())]
)
"""Records on their way: what tells them apart, and the struct itself, packed."""

FILES = pa.schema([("name", pa.string()), ("path", pa.binary()), ("settings", pa.binary())])
"""Files to read: what messages call one, where it lies, and the settings for its columns, as JSON."""

LINES = pa.schema([("line", pa.string())])
"""Results as lines of text."""

COLUMNS = "columns"
"""The form of a result that is a row of typed columns."""

_LINE = {"jsonl": jsonl.line, "csv": csv_rows.row}

_AT_A_TIME = 32
"""Results in a batch that goes back: each is some ten times its record, and is held twice."""

Batches = Iterable[pa.RecordBatch]


class Asked(msgspec.Struct, frozen=True):
    """What to check with and how to write it.

    Attributes
    ----------
    settings : bytes
        The `Settings`, as JSON.
    model : str, optional
        A model folder that every worker sees; without it the one that ships with the package.
    sha256 : str
        The hash of the driver's model, which must be the workers' too.
    text : bool
        Whether results may quote the notes.
    form : str
        `COLUMNS`, or the form of a line: ``"jsonl"`` or ``"csv"``.
    """

    settings: bytes
    model: str | None
    sha256: str
    text: bool = True
    form: str = COLUMNS

    @property
    def schema(self) -> pa.Schema:
        """The columns of the results."""
        return typed.schema() if self.form == COLUMNS else LINES


DIFFER = (
    "Spark's workers hold another model than this machine: install the same version of "
    "supervision-checker on all of them."
)


class WorkersDiffer(Exception):
    """The workers hold another model than the driver."""


def read_cells(
    batches: Batches, settings: bytes, source: str | None, record_type: RecordType | None
) -> Iterator[pa.RecordBatch]:
    """Rows of a table, by the `column_key` of their columns, to `RECORDS`; `source` is the table's name."""
    known = msgspec.json.decode(settings, type=Settings)
    for batch in batches:
        yield _batch(_record(*row, known, source, record_type) for row in _rows(batch))


def read_files(batches: Batches, record_type: RecordType | None) -> Iterator[pa.RecordBatch]:
    """`FILES` to `RECORDS`, by the readers that every other command uses."""
    for batch in batches:
        for file in batch.to_pylist():
            settings = msgspec.json.decode(file["settings"], type=Settings)
            found = read_file(Path(os.fsdecode(file["path"])), settings, record_type, file["name"])
            while some := list(islice(found, _AT_A_TIME)):
                yield _batch((None, record) for record in some)


def check_records(batches: Batches, asked: Asked) -> Iterator[pa.RecordBatch]:
    """`RECORDS` to results: the columns of `typed.schema`, or `LINES`.

    The longest of a batch comes first, so that the network claims its memory once.
    """
    checker = _checker(asked.settings, asked.model, asked.sha256)
    for batch in batches:
        waiting = sorted(batch.to_pylist(), key=lambda row: len(row["record"] or b""), reverse=True)
        for start in range(0, len(waiting), _AT_A_TIME):
            results = [(row["id"], _checked(row, checker)) for row in waiting[start : start + _AT_A_TIME]]
            yield _columns(results, asked.text) if asked.form == COLUMNS else _lines(results, asked)


@lru_cache(maxsize=1)
def _checker(settings: bytes, model: str | None, sha256: str) -> Checker:
    """The one checker of this worker."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    checker = Checker(model, msgspec.json.decode(settings, type=Settings), jobs=1)
    checker.wait()
    if checker.model.sha256 != sha256:
        raise WorkersDiffer(DIFFER)
    return checker


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[dict[str, Any], str | None]]:
    """The rows of a batch, each with the last of its columns that is not UTF-8 and so left out."""
    try:
        yield from ((row, None) for row in batch.to_pylist())
    except UnicodeDecodeError:
        for at in range(batch.num_rows):
            row, broken = {}, None
            for name in batch.schema.names:
                try:
                    row[name] = batch.column(name)[at].as_py()
                except UnicodeDecodeError:
                    broken = name
            yield row, broken


def _record(
    cells: dict[str, Any],
    broken: str | None,
    settings: Settings,
    source: str | None,
    record_type: RecordType | None,
) -> tuple[str | None, Record | Unreadable]:
    """One row's record, and its id, which an `Unreadable` does not hold."""
    id = one_line(cells.get(column_key(settings.columns.id)))
    place = f"{source}#{id or ''}" if source else id or ""
    if broken:
        return id, _failed(place, f"{place} is not UTF-8 text under “{broken}”; export the table again.")
    if id is None:
        return None, _failed(
            place, f"A row has no id under “{settings.columns.id}”; give every record an id of its own."
        )
    return id, read_row(Row(place, cells), settings, record_type)


def packed(id: str | None, found: Record | Unreadable) -> dict[str, Any]:
    """One row of `RECORDS`."""
    try:
        known = msgspec.msgpack.encode(found)
    except UnicodeEncodeError:  # a lone surrogate, as in a file name that is not UTF-8
        found = _storable(found)
        known = msgspec.msgpack.encode(found)
    if isinstance(found, Record):
        return {"id": found.id, "source": found.source, "record": known, "unreadable": None}
    return {"id": id, "source": found.source, "record": None, "unreadable": known}


def _storable(found: Record | Unreadable) -> Record | Unreadable:
    """With a question mark in place of every character that UTF-8 has no bytes for."""
    words = {
        name: value.encode("utf-8", "replace").decode()
        for name, value in msgspec.structs.asdict(found).items()
        if type(value) is str
    }
    if isinstance(found, Unreadable):
        message = found.error.message.encode("utf-8", "replace").decode()
        words["error"] = msgspec.structs.replace(found.error, message=message)
    return msgspec.structs.replace(found, **words)


def _batch(found: Iterable[tuple[str | None, Record | Unreadable]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([packed(id, record) for id, record in found], RECORDS)


def _checked(row: dict[str, Any], checker: Checker) -> Assessment | Unreadable:
    if row["unreadable"]:
        return msgspec.msgpack.decode(row["unreadable"], type=Unreadable)
    try:
        return checker.check_record(msgspec.msgpack.decode(row["record"], type=Record))
    except Exception:  # no record, however odd, may stop the job
        return _failed(row["source"], f"{row['source']} cannot be checked; look whether it is a note.")


def _columns(results: Iterable[tuple[str | None, Assessment | Unreadable]], text: bool) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(
        [{"id": id, **typed.row(result, text)} for id, result in results], typed.schema()
    )


def _lines(results: Iterable[tuple[str | None, Assessment | Unreadable]], asked: Asked) -> pa.RecordBatch:
    line = _LINE[asked.form]
    return pa.RecordBatch.from_pylist(
        [{"line": line(result, asked.text)[:-1].decode()} for _, result in results], LINES
    )


def _failed(source: str, message: str) -> Unreadable:
    return Unreadable(source=source, error=Failure(kind="corrupt", message=message))
