"""What every kind of table has in common: rows, column names, and where the header stands.

Nothing here knows what a supervision record is; `checker.read.columns` makes records of the rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from checker.read.problem import CannotRead

HEADER_WITHIN = 20
"""Exports put titles and filters above their header row; it is looked for in this many rows."""

SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".xlsx", ".parquet"})
"""The kinds of table that can be read."""


class Row(msgspec.Struct, frozen=True):
    """One row of a table.

    Attributes
    ----------
    place : str
        Where it stands, as a person would look for it: ``"row 17"`` as Excel counts, ``"line 17"``.
    cells : mapping of str to object
        The cells by `column_key` of their column; empty cells may be left out.
    overlong : bool
        Whether the row has more cells than the table has columns.
    """

    place: str
    cells: Mapping[str, Any]
    overlong: bool = False


class BadRow(msgspec.Struct, frozen=True):
    """A row that cannot be read while those after it can; `message` goes on from its place."""

    place: str
    message: str


class Header:
    """What a table's header row must show, and the sentence for when it does not.

    Parameters
    ----------
    source : str
        The file's name, for messages.
    text_columns : iterable of str
        The header is the first row that has one of these columns.
    named : iterable of str
        Columns that must all be there.
    """

    def __init__(self, source: str, text_columns: Iterable[str], named: Iterable[str]):
        self.source = source
        self.text_columns = tuple(text_columns)
        self.named = tuple(named)

    def score(self, names: Iterable[object]) -> int:
        """How many text columns stand in a row; 0 where it is not the header."""
        return len({*map(column_key, self.text_columns)} & {*map(column_key, names)})

    def keys(self, names: Sequence[object]) -> list[str]:
        """The keys of the header's columns; `CannotRead` where one is missing."""
        keys = [column_key(name) for name in names]
        wanted = self.named if self.score(names) else (*self.text_columns, *self.named)
        missing = [name for name in dict.fromkeys(wanted) if column_key(name) not in keys]
        if missing:
            raise self.missing(missing, names)
        return keys

    def missing(self, columns: Sequence[str], names: Iterable[object]) -> CannotRead:
        """The error that columns are not among the names that a table's first rows show."""
        shown = [" ".join(str(name).split()) for name in names if name not in (None, "")]
        # A first row with a long cell is no header but a record, which a message must not quote.
        is_header = shown and all(len(name) <= 60 for name in shown)
        has = f"its columns are {_listed(shown)}" if is_header else "its first rows hold no column names"
        return CannotRead(
            "missing_column",
            f"{self.source} has no column {_listed(columns)} ({has}); "
            "say in checker.toml, under [columns] or [long_form], what its columns are called.",
        )


def rows(path: Path, header: Header) -> Iterator[Row | BadRow]:
    """Read a table's rows, in order, without holding more of the file than it must.

    CSV, JSON lines and Parquet need the same memory however long the file is. Of an Excel file the
    rows are streamed, but Excel itself keeps the words of all cells in one list, which is held.

    Parameters
    ----------
    path : pathlib.Path
        Its suffix, one of `SUFFIXES`, says which kind of table it is.
    header : Header

    Returns
    -------
    iterator of Row or BadRow

    Raises
    ------
    CannotRead
        Where the file is damaged, protected, of another type than its name says, or lacks a column.
    """
    # Imported here: a run needs one of these at most, and some rest on heavy libraries.
    match path.suffix.lower():
        case ".csv" | ".tsv":
            from checker.read.lines import csv_rows as reader
        case ".jsonl":
            from checker.read.lines import jsonl_rows as reader
        case ".xlsx":
            from checker.read.workbook import xlsx_rows as reader
        case ".parquet":
            from checker.read.parquet import parquet_rows as reader
    return reader(path, header)


def row(place: str, keys: Sequence[str], cells: Sequence[object]) -> Row:
    """Put a row's cells under their columns; of two columns of one name the first counts."""
    overlong = any(cell not in (None, "") for cell in cells[len(keys) :])
    pairs = [*zip(keys, cells, strict=False)]
    return Row(place, dict(reversed(pairs)), overlong)


def column_key(name: object) -> str:
    """A column's name with case, spaces and underscores evened out.

    Examples
    --------
    >>> column_key(" Record Type") == column_key("record_type")
    True
    """
    written = "" if name is None else str(name)
    return " ".join(written.replace("_", " ").replace("\ufeff", "").casefold().split())


def _listed(names: Sequence[str]) -> str:
    quoted = ", ".join(f"“{name}”" for name in names[:12])
    return f"{quoted} and {len(names) - 12} more" if len(names) > 12 else quoted
