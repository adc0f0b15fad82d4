"""Writing the workbook: a sheet an auditor, a sheet a note, and the hidden key behind them."""

import datetime as dt
import json
import os
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from checker.codebook import Flag, PlanBand, RecordType, ReflectionBand
from checker.record import Assessment
from checker.report.whole_file import replacing
from checker.report.words import count, day, legible, plain, shortened
from checker.report.xlsx import LINE
from checker.sampling.design import Drawn, Sample
from checker.worksheet.instructions import write_instructions
from checker.worksheet.judgement import CRITERIA, AuditedRecord, Judgement, tool_judgement
from checker.worksheet.layout import (
    AUDIT,
    CELL,
    COLUMNS,
    INSTRUCTIONS,
    KEY,
    MARKS,
    NO,
    SECOND,
    TOOL,
    YES,
    Column,
    WorksheetError,
    note_sheet,
)
from checker.worksheet.sheets import Formats, formats, height, set_up

# Widths of columns in characters, as Excel counts them.
_WIDTHS = {Column.NUMBER: 5, Column.RECORD: 18, Column.DATE: 12, Column.TYPE: 13, Column.REFLECTION: 13}
_WIDTHS |= {Column.PLAN: 9, Column.WEAK: 7, Column.REASONS: 44, Column.STATUS: 14}
_OTHER = 13
_NOTE = 70  # a page's width, upright: LibreOffice cuts a single column that is wider
_ROW = 1_500  # characters

_FIRST, _LAST = min(map(COLUMNS.index, MARKS)), max(map(COLUMNS.index, MARKS))


def write_worksheet(sample: Sample, path: str | os.PathLike[str], reveal: bool = False) -> None:
    """Write an audit worksheet.

    Parameters
    ----------
    sample : Sample
    path : path-like
        Replaced only once the workbook is complete.
    reveal : bool
        Whether a row shows the tool's judgement once the auditor's bands are in.

    Raises
    ------
    WorksheetError
        Where the assessments were written without the notes' text.
    OSError
        Where the workbook cannot be written there.
    """
    assessments = [drawn.candidate.assessment for drawn in sample.drawn]
    rows = [_row(*pair, reveal) for pair in zip(sample.drawn, assessments, strict=True)]
    bare = sum(not row.text.strip() for row in rows)
    if bare:
        raise WorksheetError(
            f"{count(bare, 'note')} of the draw came without text, so nobody could read it in a worksheet: "
            "give the notes themselves, or check them again without --no-text."
        )
    with replacing(path) as draft, xlsxwriter.Workbook(draft, {"in_memory": True}) as book:
        # No clock: the same draw gives the same file.
        book.set_properties({"title": "Audit of supervision records", "created": dt.datetime(2000, 1, 1)})
        styles = formats(book)
        front = book.add_worksheet(INSTRUCTIONS)
        for name in (AUDIT, SECOND):
            _write_marks(book.add_worksheet(name), rows, assessments, reveal, styles)
        for number, (row, assessment) in enumerate(zip(rows, assessments, strict=True), 1):
            _write_note(book.add_worksheet(note_sheet(number)), number, row, assessment, styles)
        _write_key(book.add_worksheet(KEY), rows)
        write_instructions(front, sample, reveal, styles)


def _row(drawn: Drawn, assessment: Assessment, reveal: bool) -> AuditedRecord:
    return AuditedRecord(
        id=assessment.id,
        source=assessment.source,
        record_type=assessment.record_type,
        stratum=drawn.stratum,
        probability=drawn.probability,
        draw=drawn.draw,
        auditor=Judgement(),
        second=Judgement(),
        tool=tool_judgement(assessment),
        text=_text(assessment),
        revealed=reveal,
    )


def _text(assessment: Assessment) -> str:
    """The note as its units give it: their words, on their lines, as far apart as they stood."""
    parts: list[str] = []
    last = None
    for unit in assessment.units:
        if last is not None:
            parts.append(
                "\n" * min(unit.line - last.line, 2)
                if unit.line > last.line
                else " " * (unit.start - last.end)
            )
        parts.append(unit.text)
        last = unit
    return "".join(parts)


def _write_marks(
    sheet: Any,
    rows: Sequence[AuditedRecord],
    assessments: Sequence[Assessment],
    reveal: bool,
    styles: Formats,
) -> None:
    titles = (*COLUMNS, *TOOL) if reveal else COLUMNS
    sheet.set_row(0, 3 * LINE)
    for place, title in enumerate(titles):
        sheet.set_column(place, place, _WIDTHS.get(title, _OTHER))
        sheet.write_string(0, place, title, styles["head"])
    for number, (row, assessment) in enumerate(zip(rows, assessments, strict=True), 1):
        sheet.set_row(number, 3 * LINE)
        sheet.write_number(number, 0, number, styles["number"])
        shown = shortened(legible(row.id), 100)
        sheet.write_url(number, 1, f"internal:'{note_sheet(number)}'!A1", styles["link"], shown)
        if assessment.date and assessment.date.year > 1900:  # Excel knows no earlier day
            sheet.write_datetime(number, 2, assessment.date, styles["date"])
        sheet.write_string(number, 3, plain(row.record_type), styles["text"])
        for place in range(_FIRST, COLUMNS.index(Column.STATUS)):
            sheet.write_blank(number, place, None, styles["entry"])
        sheet.write_formula(
            number, COLUMNS.index(Column.STATUS), _status(number, row), styles["formula"], "to mark"
        )
        for place, _ in enumerate(TOOL if reveal else ()):
            cell = f"{KEY}!{xl_rowcol_to_cell(number, 1 + place)}"
            formula = f'=IF(COUNTA({_span(number, 0, 3)})=3,{cell},"not yet shown")'
            sheet.write_formula(number, len(COLUMNS) + place, formula, styles["formula"], "not yet shown")
    for title, words in MARKS.items():
        place = COLUMNS.index(title)
        told = {"error_title": "Not one of the list", "error_message": f"Choose one of: {', '.join(words)}."}
        sheet.data_validation(1, place, len(rows), place, {"validate": "list", "source": list(words), **told})
    sheet.autofilter(0, 0, len(rows), len(titles) - 1)
    sheet.freeze_panes(1, 2)
    set_up(sheet, landscape=True)
    sheet.repeat_rows(0)


def _status(number: int, row: AuditedRecord) -> str:
    """The formula that says how far a row is marked, and whether weak fits the bands by the codebook."""
    marks = _span(number, 0, len(MARKS))
    reflection, plan, weak, rationale = (
        xl_rowcol_to_cell(number, COLUMNS.index(title))
        for title in (Column.REFLECTION, Column.PLAN, Column.WEAK, CRITERIA[Flag.RATIONALE])
    )
    if row.record_type is RecordType.MANAGEMENT_OVERSIGHT:
        rule = f'{rationale}="{NO}"'
    else:
        rule = (
            f'OR({reflection}="{ReflectionBand.LISTING}",{plan}="{PlanBand.NONE}",{plan}="{PlanBand.WEAK}")'
        )
    checked = f'IF(({rule})=({weak}="{YES}"),"marked","marked, but weak does not follow from the rest")'
    return f'=IF(COUNTA({marks})=0,"to mark",IF(COUNTA({marks})<{len(MARKS)},"part marked",{checked}))'


def _span(number: int, start: int, cells: int) -> str:
    return f"{xl_rowcol_to_cell(number, _FIRST + start)}:{xl_rowcol_to_cell(number, _FIRST + cells - 1)}"


def _write_note(sheet: Any, number: int, row: AuditedRecord, assessment: Assessment, styles: Formats) -> None:
    sheet.set_column(0, 0, _NOTE)
    sheet.write_string(0, 0, f"Note {number}: {shortened(legible(row.id), 100)}", styles["title"])
    about = [plain(row.record_type), day(assessment.date) if assessment.date else "no date"]
    sheet.write_string(1, 0, ", ".join(about), styles["text"])
    for at, name in ((2, AUDIT), (3, SECOND)):
        sheet.write_url(
            at,
            0,
            f"internal:'{name}'!{xl_rowcol_to_cell(number, _FIRST)}",
            styles["link"],
            f"Mark it on the sheet {name}",
        )
    for at, line in enumerate(_lines(row.text), 5):
        sheet.set_row(at, height(line, _NOTE))
        sheet.write_string(at, 0, line, styles["text"])
    set_up(sheet, landscape=False)


def _lines(text: str) -> Iterator[str]:
    """A row for each line of a note, and more for one that is longer than the highest row shows."""
    for line in map(legible, text.split("\n")):
        yield from textwrap.wrap(line, _ROW, replace_whitespace=False, drop_whitespace=False) or [""]


def _write_key(sheet: Any, rows: Sequence[AuditedRecord]) -> None:
    """The tool's bands for the formulas, and each row whole as JSON, in pieces that fit a cell."""
    for place, title in enumerate((Column.NUMBER, *TOOL)):
        sheet.write_string(0, place, title)
    for number, row in enumerate(rows, 1):
        sheet.write_number(number, 0, number)
        bands = (plain(row.tool.reflection), plain(row.tool.plan), YES if row.tool.weak else NO)
        for place, word in enumerate(bands, 1):
            sheet.write_string(number, place, word)
        # In JSON, line ends, control characters and lone surrogates survive Excel, which reads _x000D_
        # as a character.
        whole = json.dumps(msgspec.to_builtins(row)).replace("_", "\\u005f")
        for at in range(0, len(whole), CELL):
            sheet.write_string(number, 1 + len(bands) + at // CELL, whole[at : at + CELL])
    sheet.protect()
    sheet.very_hidden()
