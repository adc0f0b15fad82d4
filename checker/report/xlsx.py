"""Excel: a summary sheet, a record sheet, an action sheet and a sheet about the report."""

import datetime as dt
import io
import os
from collections.abc import Iterable, Sequence

import xlsxwriter

from checker.codebook import ELEMENT_TESTS, PLAN_SENTENCES, REFLECTION_SENTENCES, Element
from checker.record import Assessment, Unreadable
from checker.report.about import DOES_NOT, WEAK, named
from checker.report.action_table import PRESENCE, action_rows
from checker.report.questions import AT_FIRST, gather
from checker.report.summary import Summary, summarise
from checker.report.whole_file import replacing
from checker.report.words import count, legible, plain, shortened

CELL = 32_767
"""The most characters that Excel keeps in a cell."""

ROWS = 1_048_576
"""The most rows that Excel keeps in a sheet."""

LINE = 15
"""The height of a line in points; Excel allows a row 409."""

FULL = "A sheet holds no more rows: the rest is left out here, but not in the forms csv, jsonl and html."

# Widths of columns in characters, as Excel counts them.
_SUMMARY = (28, 90, 10)
_RECORDS = (
    *(("Worst first", 8), ("Record", 18), ("Date", 13), ("Type", 14), ("Weak", 10), ("Reflection", 14)),
    *(("Plan", 9), ("Actions", 9), ("Specific", 9), ("Questions to ask first", 70)),
    *(("Further questions", 10), ("Warnings", 24), ("Read from", 32)),
)
_ACTIONS = (
    *(("Record", 18), ("Date", 13), ("Action", 8), ("Line", 7), ("Words", 70), ("Due", 13)),
    *(("Band", 12), ("Kind", 10)),
    *((plain(element).capitalize(), 10) for element in Element),
)


def write(
    results: Sequence[Assessment | Unreadable], path: str | os.PathLike[str], text: bool = True
) -> None:
    """Write a workbook, holding a light row a record in memory and no more.

    Parameters
    ----------
    results : sequence of Assessment or Unreadable
        In input order; iterated twice.
    path : path-like
        Replaced only once the workbook is complete.
    text : bool
        Whether actions and questions quote the note.

    Raises
    ------
    OSError
        If the workbook cannot be written there.
    """
    with (
        replacing(path) as draft,
        xlsxwriter.Workbook(draft, {"constant_memory": True, "tmpdir": str(draft.parent)}) as book,
    ):
        _fill(book, results, text)


def in_memory(results: Sequence[Assessment | Unreadable], text: bool = True) -> bytes:
    """The workbook as bytes, where nothing may lie on a disk; it is held whole.

    Parameters
    ----------
    results, text
        As for `write`.

    Returns
    -------
    bytes
    """
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        _fill(book, results, text)
    return held.getvalue()


def _fill(book: xlsxwriter.Workbook, results: Sequence[Assessment | Unreadable], text: bool) -> None:
    summary = summarise(results)
    place = {row.number: place for place, row in enumerate(summary.worst_first, start=1)}
    # No clock: the same results give the same file.
    book.set_properties({"title": "Supervision records", "created": dt.datetime(2000, 1, 1)})
    _write_summary(Sheet(book, "Summary", _SUMMARY), summary)
    records = Table(book, "Records", _RECORDS)
    actions = Table(book, "Actions", _ACTIONS)
    for number, result in enumerate(results, start=1):
        if isinstance(result, Assessment):
            _write_record(records, result, place[number], text)
            _write_actions(actions, result, text)
    records.close()
    actions.close()
    _write_about(Sheet(book, "About", _SUMMARY), summary)


def _write_summary(sheet: "Sheet", summary: Summary) -> None:
    records = count(len(summary.worst_first), "record")
    sheet.heading(f"{records}, of which {summary.weak:,} weak")
    sheet.row(None, WEAK)
    for title, bands, sentences in (
        ("Reflection", summary.reflection, REFLECTION_SENTENCES),
        ("Action plan", summary.plan, PLAN_SENTENCES),
    ):
        sheet.row()
        sheet.head(title, "What it says", "Records")
        for band, number in bands.items():
            sheet.row(plain(band), sentences[band], number)
    if summary.unreadable:
        sheet.row()
        sheet.head("Could not be read", "Why, and what to do")
        for result in summary.unreadable:
            sheet.row(result.source, result.error.message)


def _write_record(sheet: "Sheet", assessment: Assessment, place: int, text: bool) -> None:
    asked = gather(assessment, assessment.findings, text)
    sheet.row(
        place,
        assessment.id,
        assessment.date,
        plain(assessment.record_type),
        "weak" if assessment.weak else "not weak",
        plain(assessment.reflection.band),
        plain(assessment.plan.band),
        assessment.plan.actions,
        assessment.plan.specific,
        "\n".join(question.in_a_line() for question in asked[:AT_FIRST]),
        len(asked[AT_FIRST:]),
        " ".join(assessment.warnings),
        assessment.source,
    )


def _write_actions(sheet: "Sheet", assessment: Assessment, text: bool) -> None:
    for action in action_rows(assessment, text):
        sheet.row(
            assessment.id,
            assessment.date,
            action.number,
            action.line,
            action.words if text else None,
            action.due,
            action.band,
            action.kind,
            *action.presence.values(),
        )


def _write_about(sheet: "Sheet", summary: Summary) -> None:
    sheet.heading("About this report")
    sheet.head("The model")
    for model in summary.models:
        sheet.row(None, f"{named(model)}, SHA-256 {model.sha256}")
    sheet.row()
    sheet.head("What the tool does not do")
    for sentence in DOES_NOT:
        sheet.row(None, sentence)
    sheet.row()
    sheet.head("Actions", "When an element is missing, partly there, or present")
    for element, tests in ELEMENT_TESTS.items():
        says = "; ".join(f"{presence}: {test}" for presence, test in zip(PRESENCE, tests, strict=True))
        sheet.row(plain(element), says)


class Sheet:
    """A worksheet filled row by row; all text is written as text, never as a formula or a link."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, widths: Sequence[int]):
        self.at = 0
        self.sheet = book.add_worksheet(name)
        self.sheet.set_paper(9)  # A4
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.number = book.add_format({"align": "center", "valign": "top"})
        self.date = book.add_format({"num_format": "d mmm yyyy", "valign": "top", "align": "left"})
        self.bold = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DCE6F0", "bottom": 1}
        )
        self.large = book.add_format({"bold": True, "font_size": 14})
        self.widths = widths
        for place, width in enumerate(widths):
            self.sheet.set_column(place, place, width)

    def heading(self, words: str) -> None:
        self.sheet.write_string(self.at, 0, words, self.large)
        self.at += 1

    def head(self, *titles: str) -> None:
        self.sheet.set_row(self.at, self._height(titles))
        for place, title in enumerate(titles):
            self.sheet.write_string(self.at, place, title, self.bold)
        self.at += 1

    def row(self, *cells: str | int | dt.date | None) -> None:
        if self.at == ROWS:
            return
        if self.at == ROWS - 1:
            cells = (FULL,)
        self.sheet.set_row(self.at, self._height(cells))
        for place, cell in enumerate(cells):
            if isinstance(cell, dt.date) and cell.year > 1900:  # Excel knows no earlier day
                self.sheet.write_datetime(self.at, place, cell, self.date)
            elif isinstance(cell, int):
                self.sheet.write_number(self.at, place, cell, self.number)
            elif cell:
                words = "\n".join(map(legible, str(cell).split("\n")))
                self.sheet.write_string(self.at, place, shortened(words, CELL), self.text)
        self.at += 1

    def _height(self, cells: Iterable[object]) -> int:
        """A row's height in points: LibreOffice does not stretch a row to its wrapped text by itself."""
        lines = (
            sum(len(part) // width + 1 for part in str(cell).split("\n"))
            for cell, width in zip(cells, self.widths, strict=False)
            if isinstance(cell, str)
        )
        return LINE * min(max(lines, default=1), 27)


class Table(Sheet):
    """A sheet with one table: its head stays in view and every column can be filtered."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, columns: Sequence[tuple[str, int]]):
        super().__init__(book, name, [width for _, width in columns])
        self.head(*(title for title, _ in columns))
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.last_column = len(columns) - 1

    def close(self) -> None:
        self.sheet.autofilter(0, 0, self.at - 1, self.last_column)
