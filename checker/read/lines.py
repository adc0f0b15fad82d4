"""Tables that are text: CSV and TSV in whatever dialect, and JSON lines."""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from checker.read.problem import CannotRead
from checker.read.table import HEADER_WITHIN, BadRow, Header, Row, column_key, row

LONGEST_LINE = 10_000_000
"""Characters in one cell of a CSV or one line of JSON; more means that a quotation mark was never closed."""

_HEAD = 1 << 16
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def csv_rows(path: Path, header: Header) -> Iterator[Row | BadRow]:
    """The rows of a CSV or TSV file, whose delimiter and header row are found by the text column."""
    # The limit is the csv module's own and global; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    number = 0
    with _open_text(path, header.source) as file:
        delimiter, header_row, keys = _dialect(file.read(_HEAD), path.suffix.lower(), header)
        file.seek(0)
        table = csv.reader(_bounded_lines(file, header.source), delimiter=delimiter)
        try:
            for number, cells in enumerate(table, 1):
                if number > header_row and any(cells):
                    yield row(f"row {number}", keys, cells)
        except csv.Error:
            raise CannotRead(
                "corrupt",
                f"{header.source} cannot be read after row {number}: a quotation mark opened there is never closed; "
                "export the table again.",
            ) from None


def _dialect(head: str, suffix: str, header: Header) -> tuple[str, int, list[str]]:
    """The delimiter that shows the most text columns, with the header's row number and keys."""
    delimiters = "\t,;|" if suffix == ".tsv" else ",;\t|"
    best: tuple[int, str, int, Sequence[str]] = (0, "", 0, ())
    for delimiter in delimiters:
        table = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        for number, names in enumerate(itertools.islice(table, HEADER_WITHIN), 1):
            if (score := header.score(names)) > best[0]:
                best = (score, delimiter, number, names)
    score, delimiter, number, names = best
    if not score:
        first = next((line for line in head.splitlines() if line.strip()), "")
        names = next(csv.reader([first], delimiter=max(delimiters, key=first.count)), [])
    return delimiter, number, header.keys(names)


def jsonl_rows(path: Path, header: Header) -> Iterator[Row | BadRow]:
    """The objects of a JSON lines file; a line that is none is a `BadRow`."""
    decoder = msgspec.json.Decoder(dict[str, Any])
    first = True
    with _open_text(path, header.source) as file:
        for number, line in enumerate(_bounded_lines(file, header.source), 1):
            place = f"line {number}"
            if not line.strip():
                continue
            try:
                cells = decoder.decode(line.strip().encode("utf-8", "replace"))
            except (msgspec.DecodeError, RecursionError):
                if number == 1 and line.lstrip().startswith("["):
                    raise CannotRead(
                        "wrong_type",
                        f"{header.source} is one JSON list; write one object a line, without the brackets.",
                    ) from None
                yield BadRow(
                    place, "is not one JSON object; write each record as one object on a line of its own"
                )
                continue
            # An object may leave empty fields out, so only the note itself must be in the first.
            if first and not header.score(cells):
                raise header.missing(header.text_columns, [*cells])
            first = False
            yield row(place, [*map(column_key, cells)], [*cells.values()])


def _open_text(path: Path, source: str) -> io.TextIOWrapper:
    """Open a text table without reading it: UTF-8, UTF-16 or Windows-1252, by its first 64 kB."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    encoding = "utf-8-sig"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif max(even, odd) > len(head) / 4 and min(even, odd) <= len(head) / 20:
        encoding = "utf-16-le" if odd > even else "utf-16-be"
    elif len(_CONTROL.findall(head)) > len(head) / 50:
        raise CannotRead(
            "wrong_type",
            f"{source} is not text, whatever its name says; export the table again as CSV or Excel.",
        )
    errors = "windows-1252-bytes" if encoding == "utf-8-sig" else "replace"
    return path.open("r", encoding=encoding, errors=errors, newline="")


def _windows_1252_bytes(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as Windows-1252, whose accents and quotes are hardly ever valid UTF-8.

    Done byte by byte, because only the whole file could show the encoding and it is not held.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252-bytes", _windows_1252_bytes)


def _bounded_lines(file: io.TextIOWrapper, source: str) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise CannotRead(
                "wrong_type",
                f"{source} has a line of more than {LONGEST_LINE:,} characters; export the table again.",
            )
        yield line
