"""Long work: results written as they come, in a file that is whole at every moment and can be gone on with.

In these forms one result is one line. Each is written by one call, so that a process that is killed
leaves whole lines behind; `resume` finds how many there are and cuts off a torn one.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

import msgspec

from checker.record import Assessment, Model, Record, Unreadable
from checker.report import csv_rows, jsonl

Result = Assessment | Unreadable


class Stamp(msgspec.Struct, frozen=True):
    """What a line says of itself.

    Attributes
    ----------
    source : str
        Where its record was read.
    weak : bool, optional
        None where it could not be read.
    sha256 : str, optional
        The hash of the model that read it.
    """

    source: str
    weak: bool | None = None
    sha256: str | None = None


class LineForm(msgspec.Struct, frozen=True):
    """A form of output in which every result is one line.

    Attributes
    ----------
    line : callable
        A result and whether to quote it, to bytes.
    stamp : callable
        A line's bytes to its `Stamp`; ValueError where the line is not whole.
    head, between, tail : bytes
        What stands before, between and after the lines.
    written : callable
        A source to the way that a line spells it.
    """

    line: Callable[[Result, bool], bytes]
    stamp: Callable[[bytes], Stamp]
    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""
    written: Callable[[str], str] = str


def _json_stamp(line: bytes) -> Stamp:
    result = jsonl.decode(line)
    if isinstance(result, Unreadable):
        return Stamp(result.source)
    return Stamp(result.source, result.weak, result.model.sha256)


def _csv_stamp(line: bytes) -> Stamp:
    (cells,) = csv.reader(io.StringIO(line.decode()), strict=True)
    row = dict(zip(csv_rows.COLUMNS, cells, strict=True))
    if row["error"]:
        return Stamp(row["source"])
    return Stamp(row["source"], row["weak"] == "yes", row["model_sha256"])


FORMS = {
    "jsonl": LineForm(jsonl.line, _json_stamp),
    "json": LineForm(
        lambda result, text: jsonl.line(result, text)[:-1], _json_stamp, b"[\n", b",\n", b"\n]\n"
    ),
    "csv": LineForm(csv_rows.row, _csv_stamp, csv_rows.HEADER, written=csv_rows.harmless),
}


class ResumeError(Exception):
    """An output cannot be gone on with; the message is one sentence that says why and what to do."""


class Sink:
    """Where lines go, one call a line: a file that is whole after each, or a pipe.

    Parameters
    ----------
    form : LineForm
    stream : binary stream
        Unbuffered, where it is a file.
    text : bool
        Whether lines may quote the records.
    done : int
        How many lines a file to be gone on with holds; the stream then stands at its end.
    """

    def __init__(self, form: LineForm, stream: BinaryIO, text: bool, done: int = 0):
        self._form, self._stream, self._text, self._done = form, stream, text, done
        self._is_file = stream.seekable()
        self._put(b"" if done else form.head)

    def write(self, result: Result) -> None:
        """Add one result."""
        self._put((self._form.between if self._done else b"") + self._form.line(result, self._text))
        self._done += 1

    def close(self) -> None:
        """End the output."""
        if not self._is_file:
            self._stream.write(self._form.tail)
        self._stream.flush()

    def _put(self, data: bytes) -> None:
        if self._is_file:  # the tail is there after every line, and the next line takes its place
            self._stream.write(data + self._form.tail)
            self._stream.seek(-len(self._form.tail), io.SEEK_CUR)
        else:
            self._stream.write(data)


def done_so_far(form: LineForm, path: Path) -> list[Stamp]:
    """The stamps of the whole lines that an unfinished file holds; what follows them is cut off.

    Raises
    ------
    ResumeError
        When the file was not written in this form.
    """
    stamps = []
    with path.open("r+b") as file:
        if file.read(len(form.head)) != form.head:
            raise ResumeError(f"{path} was not written by this command; start again without --resume.")
        end = at = file.tell()
        for physical in file:
            line = physical.removesuffix(b"\n").removesuffix(form.between.removesuffix(b"\n"))
            try:
                stamps.append(form.stamp(line))
            except ValueError:  # the tail, or a torn line
                break
            end = at + len(line if form.between else physical)
            at += len(physical)
        file.truncate(end)
    return stamps


def skip(
    form: LineForm,
    records: Iterator[Record | Unreadable],
    stamps: Sequence[Stamp],
    model: Model,
    path: Path,
) -> None:
    """Pass over the records that an unfinished file holds already.

    Raises
    ------
    ResumeError
        When the file was made from other inputs or by another model.
    """
    for stamp in stamps:
        record = next(records, None)
        if record is None or form.written(record.source) != stamp.source:
            raise ResumeError(f"{path} was made from other inputs; start again without --resume.")
        if stamp.sha256 not in (None, model.sha256):
            raise ResumeError(f"{path} was made by another model; start again without --resume.")


class Journal(Sequence[Result]):
    """The results in a file of JSON lines, read one at a time."""

    def __init__(self, path: Path):
        self._path = path
        self._starts = [0]
        with path.open("rb") as file:
            self._starts += accumulate(map(len, file))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        start = self._starts[range(len(self))[index]]
        with self._path.open("rb") as file:
            file.seek(start)
            return jsonl.decode(file.readline())

    def __iter__(self) -> Iterator[Result]:
        with self._path.open("rb") as file:
            yield from map(jsonl.decode, file)
