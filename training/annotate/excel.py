"""Excel: a workbook with one row a unit, drop-down lists from the codebook, and its labels back.

Four sheets: `units` to label, `records` for what holds of a whole record, `codebook` to look things up,
and a hidden one with each record's text, so that spans stay exact whatever is done to the rows.
"""

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
import xlsxwriter
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from checker.codebook import (
    ELEMENT_TESTS,
    FLAG_TESTS,
    LABEL_TESTS,
    ActionKind,
    Element,
    Flag,
    Label,
    RecordType,
    ReflectionBand,
)
from training.annotate.draft import METADATA, Draft, DraftUnit, codebook_word, draft_unit, in_order
from training.corpus import CorpusError

YES = "yes"
CHECKED = "checked"
"""The column that says that a person has looked at a row which the model filled in."""

_LABELS = ("label", *Flag, *Element, "kind")
_WIDTHS = {"unit": 80, "before": 30, "after": 30, "record": 16, "uncertainty": 11, "label": 12}
_RECORDS = ("record", *METADATA, "reflection")
_HIDDEN_TEXT = "text"
_CELL = 30_000
"""Characters in a cell of the hidden sheet; Excel keeps 32,767."""

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


def write(drafts: Sequence[Draft], path: Path) -> list[Path]:
    """Write the workbook.

    The rows of records that the model filled in stand the most uncertain first, each beside the units
    before and after it. Blank ones keep their reading order, because a record counts only when all its
    units are labelled.
    """
    by_model = any(draft.by_model for draft in drafts)
    rows = [(draft, place) for draft in drafts for place in range(len(draft.units))]
    if by_model:
        rows.sort(key=lambda row: -(row[0].units[row[1]].uncertainty or 0.0))
    columns = ["record", "place", "before", "unit", "after", "uncertainty", *_LABELS]
    columns += [*([CHECKED] if by_model else []), "start", "end"]
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "top": book.add_format({"valign": "top"}),
        }
        sheet = _sheet(book, "units", columns, styles)
        for number, (draft, place) in enumerate(rows, 1):
            for column, value in _cells(draft, place).items():
                if column in columns:
                    style = styles["wrap" if column in ("before", "unit", "after") else "top"]
                    _put(sheet, number, columns.index(column), value, style)
        _lists(sheet, columns, len(rows))
        _records(book, drafts, styles)
        _codebook(book, styles)
        _texts(book, drafts)
    path.write_bytes(memory.getvalue())
    return [path]


def _sheet(book: xlsxwriter.Workbook, name: str, columns: Sequence[str], styles: Mapping[str, Any]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for i, column in enumerate(columns):
        sheet.write_string(0, i, column, styles["head"])
        hidden = {"hidden": 1} if column in ("start", "end") else {}
        sheet.set_column(i, i, _WIDTHS.get(column, 10), None, hidden)
    sheet.autofilter(0, 0, 0, len(columns) - 1)
    return sheet


def _cells(draft: Draft, place: int) -> dict[str, Any]:
    unit = draft.units[place]
    near = [
        draft.text[draft.units[i].start : draft.units[i].end] if 0 <= i < len(draft.units) else ""
        for i in (place - 1, place, place + 1)
    ]
    cells = {"record": draft.id, "place": place + 1, "before": near[0], "unit": near[1], "after": near[2]}
    cells |= {"uncertainty": unit.uncertainty, "label": unit.label, "start": unit.start, "end": unit.end}
    cells |= dict.fromkeys(unit.flags, YES)
    if unit.action:
        cells |= {**unit.action.elements, "kind": unit.action.kind}
    return cells


def _put(sheet: Any, row: int, column: int, value: Any, style: Any = None) -> None:
    if isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    elif value:
        sheet.write_string(row, column, str(value)[:_CELL], style)


def _lists(sheet: Any, columns: Sequence[str], rows: int) -> None:
    """A drop-down list in every cell to fill in."""
    choices: dict[str, list[Any]] = {"label": list(Label), "kind": list(ActionKind), CHECKED: [YES]}
    choices |= {flag: [YES] for flag in Flag} | {element: [0, 1, 2] for element in Element}
    for column, words in choices.items():
        if column in columns and rows:
            _list(sheet, columns.index(column), rows, words)


def _list(sheet: Any, column: int, rows: int, words: Sequence[Any]) -> None:
    told = {"error_title": "Not in the codebook", "error_message": f"One of: {', '.join(map(str, words))}."}
    sheet.data_validation(1, column, rows, column, {"validate": "list", "source": list(words), **told})


def _records(book: xlsxwriter.Workbook, drafts: Sequence[Draft], styles: Mapping[str, Any]) -> None:
    sheet = _sheet(book, "records", _RECORDS, styles)
    for number, draft in enumerate(drafts, 1):
        for i, column in enumerate(_RECORDS):
            _put(sheet, number, i, draft.id if column == "record" else getattr(draft, column))
    if drafts:
        _list(sheet, _RECORDS.index("reflection"), len(drafts), list(ReflectionBand))
        _list(sheet, _RECORDS.index("record_type"), len(drafts), list(RecordType))


def _codebook(book: xlsxwriter.Workbook, styles: Mapping[str, Any]) -> None:
    sheet = _sheet(book, "codebook", ("word", "unit"), styles)
    rows = [*LABEL_TESTS.items(), *FLAG_TESTS.items()]
    rows += [
        (f"{e} = {score}", test) for e, tests in ELEMENT_TESTS.items() for score, test in enumerate(tests)
    ]
    for number, (word, test) in enumerate(rows, 1):
        sheet.write_string(number, 0, word, styles["top"])
        sheet.write_string(number, 1, test, styles["wrap"])
    sheet.write_string(0, 1, "test", styles["head"])


def _texts(book: xlsxwriter.Workbook, drafts: Sequence[Draft]) -> None:
    """Each text as JSON, in pieces that fit a cell: line ends and control characters survive Excel."""
    sheet = book.add_worksheet(_HIDDEN_TEXT)
    sheet.hide()
    for number, draft in enumerate(drafts):
        written = json.dumps(draft.text).replace("_", "\\u005f")  # Excel reads _x000D_ as a character
        sheet.write_string(number, 0, draft.id)
        for i in range(0, len(written), _CELL):
            sheet.write_string(number, 1 + i // _CELL, written[i : i + _CELL])


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
    for name in ("units", "records", _HIDDEN_TEXT):
        if name not in book.sheetnames:
            raise CorpusError(
                f"{path} has no sheet “{name}”; label a workbook that the export command wrote, and keep its sheets."
            )
    texts = dict(_stored(book[_HIDDEN_TEXT], str(path)))
    units: dict[str, list[tuple[DraftUnit, str]]] = {}
    for row in _rows(book["units"], f"{path}, sheet units", ("record", "unit", "label", "start", "end")):
        record = row.text("record")
        if record not in texts:
            raise CorpusError(f"{row.where('record')}: there is no record “{record}” in this workbook.")
        units.setdefault(record, []).append(_unit(row, texts[record]))
    drafts = []
    for row in _rows(book["records"], f"{path}, sheet records", ("record",)):
        record = row.text("record")
        if record not in texts:
            raise CorpusError(f"{row.where('record')}: there is no record “{record}” in this workbook.")
        ordered = in_order(units.pop(record, []), texts[record])
        drafts.append(_draft(row, record, texts[record], ordered))
    if units:
        raise CorpusError(
            f"{path}: the record “{next(iter(units))}” stands in the sheet units, but not in records."
        )
    return drafts


def _stored(sheet: Any, source: str) -> Iterator[tuple[str, str]]:
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if cells[0] is not None:
            try:
                yield unescape(str(cells[0])).strip(), json.loads("".join(c for c in cells[1:] if c))
            except (ValueError, TypeError):
                raise CorpusError(
                    f"{source}, hidden sheet {_HIDDEN_TEXT}, row {number} was changed; take the labels over into a fresh export."
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
    if CHECKED in row.letters and not row.text(CHECKED):
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


def _ticked(row: Row, flag: Flag) -> bool:
    word = row.text(flag).lower()
    if word not in ("", YES, "no", "x", "1", "0"):
        raise CorpusError(f"{row.where(flag)}: “{word}” is neither yes nor no; write yes, or leave it blank.")
    return word in (YES, "x", "1")


def _letters(words: str) -> str:
    """Letters and digits alone: Excel may change blanks and control characters, but not these."""
    return re.sub(r"[\W_]", "", unescape(words[:_CELL])).lower()


def _draft(row: Row, record: str, text: str, units: tuple[DraftUnit, ...]) -> Draft:
    words: dict[str, type[StrEnum]] = {"record_type": RecordType, "reflection": ReflectionBand}
    fields: dict[str, Any] = {
        column: codebook_word(words[column], row.text(column), row.where(column))
        if column in words
        else row.text(column)
        for column in _RECORDS[1:]
        if row.text(column)
    }
    return Draft(id=record, text=text, units=units, **fields)
