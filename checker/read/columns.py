"""From a table's rows to records: a council's own columns, words, dates and forms."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from checker.codebook import RecordType
from checker.read.plain import tidy
from checker.read.problem import CannotRead
from checker.read.table import BadRow, Header, Row, column_key, rows
from checker.record import Failure, Record, Unreadable
from checker.settings import LongForm, Settings

EXCEL_CELL = 32_767
"""Characters that Excel keeps in a cell, counted as UTF-16 does (Microsoft, Excel specifications and limits)."""

_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119: other numbers are no dates

_NAMES = (
    "a abbr b blockquote body br center code dd div dl dt em font h1 h2 h3 h4 h5 h6 head hr html i img label li link meta "
    "o:p ol p pre s small span strike strong style sub sup table tbody td tfoot th thead title tr u ul"
).replace(" ", "|")
_VALUE = r"(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+)"
_HTML = re.compile(rf"</?(?:{_NAMES})\s*/?>|<(?:{_NAMES})(?:\s+[\w:-]+\s*=\s*{_VALUE})+\s*/?>", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")


class _Note(msgspec.Struct, frozen=True):
    """A record's raw cells: where it starts, its first row, and its words under their headings."""

    place: str
    first: Row
    parts: list[tuple[str | None, Any]]
    id: str | None
    overlong: bool


def read_table(
    path: Path, source: str, settings: Settings, record_type: RecordType | None = None
) -> Iterator[Record | Unreadable]:
    """Read the records of a table.

    Memory holds one record and eight bytes or so for each id, however long the table is. In long form
    the file is read twice: once to count each form's rows, then to give out every form as its last row
    comes. So rows of a form may stand anywhere, and only forms that are still open are held.

    Parameters
    ----------
    path : pathlib.Path
    source : str
        The file's name as the user gave it.
    settings : Settings
        What the columns are called.
    record_type : RecordType, optional
        For rows that do not say; a case record otherwise.

    Yields
    ------
    Record or Unreadable
        In the table's order; a row that cannot be read does not stop those after it.

    Raises
    ------
    CannotRead
        Where the table itself cannot be read, or not further.
    """
    seen: set[int] = set()
    is_empty = True
    for note in _notes(path, source, settings):
        is_empty = False
        record = _read_note(note, f"{source}#{note.place}", settings, record_type)
        if isinstance(record, Unreadable):
            yield record
            continue
        if hash(record.id) in seen:
            again = "Another record of this table has the same id."
            record = msgspec.structs.replace(record, warnings=(*record.warnings, again))
        seen.add(hash(record.id))
        yield record
    if is_empty:
        raise CannotRead("empty", f"{source} has its column names but no rows; check the export.")


def read_row(row: Row, settings: Settings, record_type: RecordType | None = None) -> Record | Unreadable:
    """Read the record of one row by itself, in wide form; its place is the record's source."""
    (note,) = _wide_rows([row], settings)
    return _read_note(note, row.place, settings, record_type)


def count_table(path: Path, settings: Settings) -> int:
    """Count the records and unreadable rows that `read_table` will give."""
    table = rows(path, Header(str(path), settings.text_columns, settings.named_columns))
    if settings.long_form is None:
        return sum(1 for _ in table)
    forms: set[int] = set()
    nameless = 0
    for row in table:
        id = _field(row.cells, settings.long_form.group) if isinstance(row, Row) else None
        if id is None:
            nameless += 1
        else:
            forms.add(hash(id))
    return nameless + len(forms)


def _unreadable(source: str, kind: str, message: str) -> Unreadable:
    return Unreadable(source=source, error=Failure(kind=kind, message=message))


def _read_note(
    note: _Note | BadRow, place: str, settings: Settings, record_type: RecordType | None
) -> Record | Unreadable:
    if isinstance(note, BadRow):
        return _unreadable(place, "corrupt", f"{place} {note.message}.")
    try:
        return _record(note, place, settings, record_type)
    except CannotRead as problem:
        return _unreadable(place, problem.kind, problem.message)


def _notes(path: Path, source: str, settings: Settings) -> Iterator[_Note | BadRow]:
    def table() -> Iterator[Row | BadRow]:
        return rows(path, Header(source, settings.text_columns, settings.named_columns))

    return _forms(table, settings.long_form) if settings.long_form else _wide_rows(table(), settings)


def _wide_rows(table: Iterable[Row | BadRow], settings: Settings) -> Iterator[_Note | BadRow]:
    """A record a row; several text columns stand under their names, and empty ones are left out."""
    names = settings.text_columns
    headings = names if len(names) > 1 else (None,)
    keys = [column_key(name) for name in names]
    for row in table:
        if isinstance(row, BadRow):
            yield row
            continue
        cells = zip(headings, (row.cells.get(key) for key in keys), strict=True)
        parts = [(heading, cell) for heading, cell in cells if not _is_blank(cell)]
        yield _Note(row.place, row, parts, _field(row.cells, settings.columns.id), row.overlong)


def _forms(table: Callable[[], Iterator[Row | BadRow]], form: LongForm) -> Iterator[_Note | BadRow]:
    """A record a form; a question without an answer stays, since an empty heading says something."""
    left = Counter(_field(row.cells, form.group) for row in table() if isinstance(row, Row))
    started: dict[str, _Note] = {}
    for row in table():
        if isinstance(row, BadRow):
            yield row
            continue
        id = _field(row.cells, form.group)
        if id is None:
            yield BadRow(row.place, f"does not say in column “{form.group}” which form it belongs to")
            continue
        note = started.setdefault(id, _Note(row.place, row, [], id, False))
        note.parts.append((_field(row.cells, form.question), row.cells.get(column_key(form.answer))))
        if row.overlong:
            started[id] = msgspec.structs.replace(note, overlong=True)
        left[id] -= 1
        if not left[id]:
            yield started.pop(id)


def _record(note: _Note, place: str, settings: Settings, record_type: RecordType | None) -> Record:
    names = settings.columns
    cells = note.first.cells
    if all(_is_blank(cell) for _, cell in note.parts):
        columns = " or ".join(f"“{name}”" for name in settings.text_columns)
        raise CannotRead(
            "empty", f"{place} has no text in column {columns}; check the export, or leave the row out."
        )
    sections, warnings = [], []
    for heading, cell in note.parts:
        words = _words(cell, place)
        sections.append(f"{heading}\n{words}".rstrip() if heading else words)
        if isinstance(cell, str) and _is_cut(cell):
            where = f"The cell under “{heading}”" if heading else "The cell"
            warnings.append(
                f"{where} is cut at Excel's limit of {EXCEL_CELL:,} characters; the end of the note is missing."
            )
    text = "\n\n".join(sections)
    if not re.search(r"\w", text):
        raise CannotRead("empty", f"{place} has no words in it; check the export, or leave the row out.")
    if note.overlong:
        warnings.append(
            "The row has more cells than the table has columns, so words may be missing; check the export's quotation marks."
        )
    days: dict[str, dt.date | None] = {}
    for field in ("date", "recorded"):
        column = getattr(names, field)
        try:
            days[field] = _date(cells.get(column_key(column)))
        except ValueError:
            days[field] = None
            warnings.append(
                f"The date in column “{column}” cannot be read and is left out; write it as 31/12/2025."
            )
    kind, doubt = _record_type(_field(cells, names.record_type), settings, record_type)
    return Record(
        text=text,
        id=note.id or note.place.split()[-1],
        source=place,
        record_type=kind,
        person=_field(cells, names.person),
        worker=_field(cells, names.worker),
        supervisor=_field(cells, names.supervisor),
        team=_field(cells, names.team),
        service=_field(cells, names.service),
        warnings=(*warnings, *doubt),
        **days,
    )


def _is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip("\0 \t\r\n\xa0"))


def one_line(cell: object) -> str | None:
    """A cell as one line of text; None where it is blank. Excel keeps whole numbers as 17.0."""
    if _is_blank(cell):
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bytes | bytearray):
        cell = cell.decode("utf-8", "replace")
    return " ".join(tidy(str(cell)).split()) or None


def _field(cells: Mapping[str, Any], column: str) -> str | None:
    return one_line(cells.get(column_key(column)))


def _words(cell: object, place: str) -> str:
    """The words of a note's cell, out of RTF or HTML where the cell holds any."""
    if not isinstance(cell, str):
        if isinstance(cell, list | tuple):
            return "\n".join(_words(line, place) for line in cell)
        return one_line(cell) or ""
    try:
        # Imported here: most tables hold plain text.
        if cell.lstrip().startswith("{\\rtf"):
            from checker.read.markup import rtf_text

            return tidy(rtf_text(cell))
        if _HTML.search(cell):
            from checker.read.markup import html_text

            return tidy(html_text(cell))
    except Exception:
        # Whatever the parsers raise on broken markup, the other rows must go on.
        raise CannotRead(
            "corrupt", f"{place} holds formatted text that cannot be read; export the note as plain text."
        ) from None
    return cell  # untouched: spans must point into the cell as the council's own system holds it


def _is_cut(cell: str) -> bool:
    if len(cell) < EXCEL_CELL // 2:
        return False
    # Excel counts a line break as one character; a CSV made from its cells may write two.
    with_breaks = {cell, cell.replace("\r\n", "\n")}
    return EXCEL_CELL in {len(version.encode("utf-16-le", "surrogatepass")) // 2 for version in with_breaks}


def _record_type(
    word: str | None, settings: Settings, default: RecordType | None
) -> tuple[RecordType, tuple[str, ...]]:
    default = default or RecordType.CASE
    if word is None:
        return default, ()
    known = {column_key(kind): kind for kind in RecordType}
    known |= {column_key(own): kind for own, kind in settings.record_types.items()}
    found = known.get(column_key(word)) or known.get(column_key(word.replace("-", " ")))
    if found:
        return found, ()
    shown = word if len(word) <= 40 else f"{word[:40]}…"
    return default, (
        f"The record type “{shown}” is not known, so the record is read as {default}; "
        "say what it means under [record_types] in checker.toml.",
    )


def _date(cell: object) -> dt.date | None:
    """A date out of a cell, day first; ValueError where it holds none that is whole."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    written = one_line(cell)
    if written is None:
        return None
    if re.fullmatch(r"\d{5}(\.\d+)?", written) and int(written[:5]) in _EXCEL_DAYS:
        return _EXCEL_DAY_ZERO + dt.timedelta(days=int(written[:5]))
    if found := _YEAR_FIRST.match(written):
        return dt.date(*map(int, found.groups()))
    # Imported here: many tables hold ISO dates or none.
    from dateutil import parser

    if len(written) > 40:
        raise ValueError
    try:
        # dateutil fills what is missing from a default: with two, only a whole date comes out the same.
        one, other = (
            parser.parse(written, dayfirst=True, ignoretz=True, default=day)
            for day in (dt.datetime(2000, 1, 1), dt.datetime(2001, 2, 2))
        )
    except (OverflowError, TypeError, ArithmeticError, AttributeError, IndexError) as error:
        raise ValueError from error
    if one.date() != other.date():
        raise ValueError
    return one.date()
