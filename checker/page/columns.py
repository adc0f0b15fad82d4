"""What an uploaded table holds: its columns, a taste of each, and a guess at which is which."""

import csv
import io
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from checker.read.held import HeldFile
from checker.read.lines import LONGEST_LINE
from checker.read.plain import decode
from checker.read.problem import CannotRead
from checker.read.table import HEADER_WITHIN, column_key

TABLES = (".xlsx", ".csv", ".tsv")
"""Endings of the tables that can be looked at."""

TASTED = 40
"""Rows that are looked at below the first."""

MOST_COLUMNS = 200
LONGEST_NAME = 60
"""Characters; a longer cell is words, not a column's name."""

USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "record id", "form id", "note id", "reference", "ref", "case note id", "event id"),
    "date": ("date", "date of supervision", "supervision date", "session date", "meeting date", "event date"),
    "record_type": ("record type", "type", "type of supervision", "supervision type", "form type", "form name"),
}  # fmt: skip
"""What exports call these columns, the likeliest first; the words of a note are told by their length."""


class Column(msgspec.Struct, frozen=True):
    """One column: its name, and how long its cells are on average, in characters."""

    name: str
    length: float


class Sheet(msgspec.Struct, frozen=True):
    """A table's columns, and the guess.

    Attributes
    ----------
    columns : tuple of Column
        Those with a name, each name once.
    text : tuple of str
        Which hold the words of a note.
    id, date, record_type : str
        Which column is each; empty where none seems to be.
    """

    columns: tuple[Column, ...]
    text: tuple[str, ...]
    id: str = ""
    date: str = ""
    record_type: str = ""


def sheet_of(file: HeldFile) -> Sheet:
    """Look at a table's first rows.

    Parameters
    ----------
    file : HeldFile
        CSV, TSV or Excel.

    Returns
    -------
    Sheet

    Raises
    ------
    CannotRead
        Where it has no row that could be a header, or cannot be opened.
    """
    try:
        tables = _excel(file) if file.suffix.lower() == ".xlsx" else _delimited(file)
        found = max(map(_header, tables), key=lambda table: len(table[0]), default=((), ()))
    except Exception:  # the libraries raise whatever damage makes of their parsers
        raise CannotRead(
            "corrupt",
            f"{file.name} cannot be read as a table; open it in Excel and save it again as .xlsx or CSV.",
        ) from None
    names, below = found
    if not names:
        raise CannotRead(
            "missing_column",
            f"{file.name} has no row of column names in its first {HEADER_WITHIN}; add one above the notes.",
        )
    columns = []
    for at, name in names.items():
        cells = [str(row[at]) for row in below if at < len(row) and row[at] not in (None, "")]
        columns.append(Column(name, sum(map(len, cells)) / max(1, len(below))))
    guess = {field: _named(usual, names.values()) for field, usual in USUAL_NAMES.items()}
    return Sheet(tuple(columns), _words(columns, set(guess.values())), **guess)


def _header(rows: Sequence[Sequence[Any]]) -> tuple[dict[int, str], Sequence[Sequence[Any]]]:
    """The row with most names among the first, as names by place, and the rows below it."""
    best: dict[int, str] = {}
    below: Sequence[Sequence[Any]] = ()
    for number, row in enumerate(rows[:HEADER_WITHIN], 1):
        names: dict[int, str] = {}
        for at, cell in enumerate(row[:MOST_COLUMNS]):
            name = " ".join(str(cell or "").split())
            if 0 < len(name) <= LONGEST_NAME and column_key(name) not in map(column_key, names.values()):
                names[at] = name
        if len(names) > len(best) and rows[number:]:
            best, below = names, rows[number:]
    return best, below


def _named(usual: Iterable[str], names: Iterable[str]) -> str:
    by_key = {column_key(name): name for name in names}
    return next((by_key[key] for key in usual if key in by_key), "")


def _words(columns: Sequence[Column], taken: set[str]) -> tuple[str, ...]:
    """The columns of long cells: the longest, and those at least a quarter as long."""
    free = [column for column in columns if column.name not in taken] or list(columns)
    longest = max(column.length for column in free)
    return tuple(c.name for c in free if c.length >= max(longest / 4, 20) or c.length == longest)


def _delimited(file: HeldFile) -> list[list[list[str]]]:
    """The first rows under each delimiter that there might be."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))  # the wrong mark makes long cells
    head = decode(file.data[: 1 << 20])
    return [
        list(
            itertools.islice(
                csv.reader(io.StringIO(head, newline=""), delimiter=mark), HEADER_WITHIN + TASTED
            )
        )
        for mark in ",;\t|"
    ]


def _excel(file: HeldFile) -> list[list[tuple[Any, ...]]]:
    """The first rows of each sheet."""
    from openpyxl import load_workbook

    book = load_workbook(file.open("rb"), read_only=True, data_only=True)
    tables = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some exporters write a wrong size into the sheet
        tables.append(list(sheet.iter_rows(max_row=HEADER_WITHIN + TASTED, values_only=True)))
    return tables
