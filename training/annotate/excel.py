"""Excel: labels out of a workbook that `training.annotate.worksheet` wrote."""

import datetime as dt
import io
import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from checker.codebook import ActionKind, Element, Flag, Label, RecordType, ReflectionBand
from training.annotate.draft import Draft, DraftUnit, codebook_word, draft_unit, in_order
from training.annotate.worksheet import CELL, CHECKED, HIDDEN_TEXT, RECORD_COLUMNS, YES
from training.corpus import CorpusError

# What openpyxl warns of (styles, drop-down lists) does not touch the words in the cells.
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")


class Row(msgspec.Struct, frozen=True):
    """A row's cells by the name of their column, and where each stands."""

    number: int
    cells: Mapping[str, Any]
    letters: Mapping[str, str]
    sheet: str

    def where(self, column: str) -> str:
        """The cell, as Excel calls it."""
        return f"{self.sheet}, cell {self.letters.get(column, 'A')}{self.number}"

    def text(self, column: str) -> str:
        """The cell's words, blank edges off; a number or a date as Excel's user sees it."""
        value = self.cells.get(column)
        if isinstance(value, dt.datetime):
            return value.date().isoformat()
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()


class StoredText(msgspec.Struct, frozen=True):
    """What the hidden sheet keeps of a record: how many units it was cut into, and its text."""

    record: str
    units: int
    text: str


def read(path: Path) -> list[Draft]:
    """Read a labelled workbook, checked cell by cell; rows may stand in any order."""
    try:
        book = load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
    except OSError:
        raise
    except Exception:  # openpyxl lets through whatever its parsers raise
        raise CorpusError(
            f"{path} cannot be read as an Excel file; open it in Excel and save it as .xlsx."
        ) from None
    for name in ("units", "records", HIDDEN_TEXT):
        if name not in book.sheetnames:
            raise CorpusError(
                f"{path} has no sheet “{name}”; label a workbook that the export command wrote, and keep its sheets."
            )
    stored = {text.record: text for text in _stored(book[HIDDEN_TEXT], str(path))}
    units: dict[str, list[tuple[DraftUnit, str]]] = {}
    for row in _rows(book["units"], f"{path}, sheet units", ("record", "unit", "label", "start", "end")):
        record = row.text("record")
        if record not in stored:
            raise CorpusError(f"{row.where('record')}: there is no record “{record}” in this workbook.")
        units.setdefault(record, []).append(_unit(row, stored[record].text))
    drafts = []
    for row in _rows(book["records"], f"{path}, sheet records", ("record",)):
        record = row.text("record")
        if record not in stored:
            raise CorpusError(f"{row.where('record')}: there is no record “{record}” in this workbook.")
        text = stored[record].text
        ordered = in_order(units.pop(record, []), text)
        if 0 < len(ordered) < stored[record].units:
            raise CorpusError(
                f"{path}, sheet units: {len(ordered)} of the {stored[record].units} rows of “{record}” are left; put the others back, or take out all of them."
            )
        drafts.append(_draft(row, record, text, ordered))
    if units:
        raise CorpusError(
            f"{path}: the record “{next(iter(units))}” stands in the sheet units, but not in records."
        )
    return drafts


def _stored(sheet: Any, source: str) -> Iterator[StoredText]:
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if cells[0] is not None:
            try:
                text = json.loads("".join(c for c in cells[2:] if c))
                yield StoredText(unescape(str(cells[0])).strip(), int(cells[1]), text)
            except (IndexError, TypeError, ValueError):
                raise CorpusError(
                    f"{source}, hidden sheet {HIDDEN_TEXT}, row {number} was changed; take the labels over into a fresh export."
                ) from None


def _rows(sheet: Any, name: str, needed: Sequence[str]) -> Iterator[Row]:
    rows = sheet.iter_rows(values_only=True)
    names = [str(cell).strip() if cell is not None else "" for cell in next(rows, ())]
    for column in needed:
        if column not in names:
            raise CorpusError(f"{name} has no column “{column}”; keep the first row as it was exported.")
    letters = {column: get_column_letter(i) for i, column in enumerate(names, 1)}
    for number, cells in zip(count(2), rows, strict=False):
        if any(cell is not None for cell in cells):
            clean = [unescape(cell) if isinstance(cell, str) else cell for cell in cells]
            yield Row(number, dict(zip(names, clean, strict=False)), letters, name)


def _unit(row: Row, text: str) -> tuple[DraftUnit, str]:
    start, end = (_whole(row, column) for column in ("start", "end"))
    if _letters(text[start:end]) != _letters(row.text("unit")):
        raise CorpusError(
            f"{row.where('unit')}: the words are not those of the record at this place; rows must be sorted whole, and their words left as they are."
        )
    label = codebook_word(Label, row.text("label"), row.where("label")) if row.text("label") else None
    if CHECKED in row.letters and not _ticked(row, CHECKED):
        label = None
    flags = [flag for flag in Flag if _ticked(row, flag)]
    scores = {e: _score(row, e) for e in Element if row.text(e)} if label is Label.ACTION else {}
    kind = row.text("kind")
    kind = codebook_word(ActionKind, kind, row.where("kind")) if kind and label is Label.ACTION else None
    here = f"{row.sheet}, row {row.number}"
    return draft_unit(start, end, label, flags, scores, kind, here), here


def _whole(row: Row, column: str) -> int:
    try:
        return int(row.text(column))
    except ValueError:
        raise CorpusError(f"{row.where(column)}: “{row.text(column)}” is not a place in the text.") from None


def _score(row: Row, element: Element) -> int:
    if row.text(element) not in ("0", "1", "2"):
        raise CorpusError(f"{row.where(element)}: “{element}” is {row.text(element)}; it may be 0, 1 or 2.")
    return int(row.text(element))


def _ticked(row: Row, column: str) -> bool:
    word = row.text(column).lower()
    if word not in ("", YES, "no", "x", "1", "0"):
        raise CorpusError(
            f"{row.where(column)}: “{word}” is neither yes nor no; write yes, or leave it blank."
        )
    return word in (YES, "x", "1")


def _letters(words: str) -> str:
    """Letters and digits alone: Excel may change blanks and control characters, but not these."""
    return re.sub(r"[\W_]", "", unescape(words[:CELL])).lower()


def _draft(row: Row, record: str, text: str, units: tuple[DraftUnit, ...]) -> Draft:
    words: dict[str, type[StrEnum]] = {"record_type": RecordType, "reflection": ReflectionBand}
    fields: dict[str, Any] = {
        column: codebook_word(words[column], row.text(column), row.where(column))
        if column in words
        else row.text(column)
        for column in RECORD_COLUMNS[1:]
        if row.text(column)
    }
    return Draft(id=record, text=text, units=units, **fields)
