"""Reading a worksheet back: every entry checked, every wrong one named by its cell."""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.escape import unescape

from checker.codebook import PlanBand, ReflectionBand
from checker.report.words import legible, plain, shortened
from checker.worksheet.judgement import CRITERIA, AuditedRecord, Judgement
from checker.worksheet.layout import AUDIT, KEY, MARKS, NO, SECOND, TOOL, YES, Column, WorksheetError

SHOWN = 20
"""Wrong entries that one message names; a sheet with more has something else wrong with it."""


class _Marked(msgspec.Struct, frozen=True):
    """What one auditor made of one row, and the cells that were left empty in it."""

    judgement: Judgement
    empty: tuple[str, ...]


def read_worksheet(path: str | Path) -> list[AuditedRecord]:
    """Read a worksheet, filled in wholly, partly or not at all.

    Parameters
    ----------
    path : path
        A workbook that `checker sample --worksheet` wrote; its rows may have been sorted.

    Returns
    -------
    list of AuditedRecord
        In the order in which they were written.

    Raises
    ------
    WorksheetError
        Where the file is no such workbook, or any entry is not one of its list: all of them are named.
    """
    try:
        book = load_workbook(path, data_only=True)
    except OSError as error:
        raise WorksheetError(
            f"{path} cannot be opened: {error.strerror or 'check that it is there'}."
        ) from None
    except Exception:  # openpyxl lets through whatever its parsers raise
        raise WorksheetError(
            f"{path} cannot be read as an Excel workbook; open it in Excel or LibreOffice and save it as .xlsx."
        ) from None
    for name in (AUDIT, SECOND, KEY):
        if name not in book.sheetnames:
            hidden = "hidden " if name == KEY else ""
            raise WorksheetError(
                f"{path} has no {hidden}sheet “{name}”: give a workbook that checker sample --worksheet wrote, "
                "with all its sheets."
            )
    key = _key(book[KEY], path)
    wrong: list[str] = []
    first, second = (_marks(book[name], path, key, wrong) for name in (AUDIT, SECOND))
    if wrong:
        more = [f"… and {len(wrong) - SHOWN} more."] if len(wrong) > SHOWN else []
        raise WorksheetError("\n".join([f"{path} has entries to correct:", *wrong[:SHOWN], *more]))
    nothing = _Marked(Judgement(), ())
    read = []
    for number, row in key.items():
        one, two = first.get(number, nothing), second.get(number, nothing)
        read.append(
            msgspec.structs.replace(
                row, auditor=one.judgement, second=two.judgement, empty=(*one.empty, *two.empty)
            )
        )
    return read


def _key(sheet: Any, path: str | Path) -> dict[int, AuditedRecord]:
    try:
        rows = [cells for cells in sheet.iter_rows(min_row=2, values_only=True) if cells[0] is not None]
        pieces = 1 + len(TOOL)
        return {
            int(cells[0]): msgspec.convert(
                json.loads("".join(map(unescape, filter(None, cells[pieces:])))), AuditedRecord
            )
            for cells in rows
        }
    except (IndexError, TypeError, ValueError):
        raise WorksheetError(
            f"{path}: the hidden sheet “{KEY}” was changed, so the rows cannot be told apart; "
            "take the marks over into a fresh worksheet of the same draw."
        ) from None


def _marks(
    sheet: Any, path: str | Path, key: Mapping[int, AuditedRecord], wrong: list[str]
) -> dict[int, _Marked]:
    rows = sheet.iter_rows(values_only=True)
    titles = [str(cell).strip() if cell is not None else "" for cell in next(rows, ())]
    for title in (Column.NUMBER, Column.RECORD, *MARKS, Column.REASONS):
        if title not in titles:
            raise WorksheetError(
                f"{path}, sheet {sheet.title} has no column “{title}”; keep the first row as it was written."
            )
    found: dict[int, _Marked] = {}
    for line, cells in enumerate(rows, 2):
        entry = _entries(dict(zip(titles, cells, strict=True)), titles, sheet.title, line)
        if not any(value for value, _ in entry.values()):
            continue
        number, where = entry[Column.NUMBER]
        record, record_at = entry[Column.RECORD]
        row = key.get(int(number)) if number.isdecimal() else None
        if row is None:
            wrong.append(f"{where}: “{shortened(number, 40)}” is not the number of a note in this worksheet.")
        elif record not in _as_excel_keeps(row.id):
            wrong.append(
                f"{record_at}: note {number} is “{shortened(legible(row.id), 40)}”; if rows were sorted, sort them whole."
            )
        elif int(number) in found:
            wrong.append(f"{where}: note {number} stands on this sheet twice; take one of the two rows out.")
        else:
            found[int(number)] = _marked(entry, wrong)
    return found


def _as_excel_keeps(id: str) -> tuple[str, str]:
    """How an id may come back from its cell: as it is shown, or with what looks like an escape undone."""
    shown = shortened(legible(id), 100)
    return shown.strip(), unescape(shown).strip()


def _entries(
    cells: Mapping[str, Any], titles: list[str], sheet: str, line: int
) -> dict[str, tuple[str, str]]:
    """Each cell's words and address, by its title."""
    return {
        title: (_words(value), f"{sheet}!{get_column_letter(titles.index(title) + 1)}{line}")
        for title, value in cells.items()
    }


def _words(value: Any) -> str:
    if isinstance(value, bool):  # a sheet that is set to another language may turn a typed yes into TRUE
        return YES if value else NO
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else unescape(str(value)).strip()


def _marked(entry: Mapping[str, tuple[str, str]], wrong: list[str]) -> _Marked:
    def read(title: str, meaning: Callable[[str], Any]) -> Any:
        words, where = entry[title]
        if not words:
            return None
        said = " ".join(words.casefold().replace("_", " ").split())
        if said in MARKS[title]:
            return meaning(said)
        wrong.append(
            f"{where}: “{shortened(legible(words), 40)}” is not a mark for {title}; it may be {', '.join(MARKS[title])}."
        )
        return None

    criteria = {flag: read(title, YES.__eq__) for flag, title in CRITERIA.items()}
    judgement = Judgement(
        reflection=read(Column.REFLECTION, lambda said: _band(ReflectionBand, said)),
        plan=read(Column.PLAN, lambda said: _band(PlanBand, said)),
        weak=read(Column.WEAK, YES.__eq__),
        criteria={flag: shown for flag, shown in criteria.items() if shown is not None},
        reasons=entry[Column.REASONS][0],
    )
    empty = tuple(entry[title][1] for title in MARKS if not entry[title][0])
    return _Marked(judgement, empty if judgement.is_begun else ())


def _band(bands: type[StrEnum], said: str) -> StrEnum:
    return next(band for band in bands if plain(band) == said)
