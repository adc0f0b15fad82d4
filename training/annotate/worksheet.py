"""A workbook to label: one row a unit, drop-down lists from the codebook.

Four sheets: `units` to label, `records` for what holds of a whole record, `codebook` to look things up,
and a hidden one with each record's text, so that spans stay exact whatever is done to the rows.
"""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

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
from training.annotate.draft import METADATA, Draft

YES = "yes"
CHECKED = "checked"
"""The column that says that a person has looked at a row which the model filled in."""

RECORD_COLUMNS = ("record", *METADATA, "reflection")
HIDDEN_TEXT = "text"
CELL = 30_000
"""Characters in a cell at most; Excel keeps 32,767."""

_LABELS = ("label", *Flag, *Element, "kind")
_WIDTHS = {"unit": 80, "before": 30, "after": 30, "record": 16, "uncertainty": 11, "label": 12}


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
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as book:
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
        sheet.write_string(row, column, str(value)[:CELL], style)


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
    sheet = _sheet(book, "records", RECORD_COLUMNS, styles)
    for number, draft in enumerate(drafts, 1):
        for i, column in enumerate(RECORD_COLUMNS):
            _put(sheet, number, i, draft.id if column == "record" else getattr(draft, column))
    if drafts:
        _list(sheet, RECORD_COLUMNS.index("reflection"), len(drafts), list(ReflectionBand))
        _list(sheet, RECORD_COLUMNS.index("record_type"), len(drafts), list(RecordType))


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
    """How many units each record has, and its text as JSON, in pieces that fit a cell.

    In JSON, line ends and control characters survive Excel.
    """
    sheet = book.add_worksheet(HIDDEN_TEXT)
    sheet.hide()
    for number, draft in enumerate(drafts):
        written = json.dumps(draft.text).replace("_", "\\u005f")  # Excel reads _x000D_ as a character
        sheet.write_string(number, 0, draft.id)
        sheet.write_number(number, 1, len(draft.units))
        for i in range(0, len(written), CELL):
            sheet.write_string(number, 2 + i // CELL, written[i : i + CELL])
