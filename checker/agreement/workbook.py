"""Agreement as an Excel workbook: the measures, the counts behind them, and every disagreement."""

import datetime as dt
import os
from collections.abc import Sequence

import xlsxwriter

from checker.agreement.comparison import Agreement
from checker.agreement.measures import Measure
from checker.agreement.terminal import LEGEND, lines, said
from checker.report.whole_file import replacing
from checker.report.words import legible
from checker.report.xlsx import LINE

Cell = str | int | float | None


class _Head(list[Cell]):
    """A row that names what stands below it."""


def write(agreement: Agreement, path: str | os.PathLike[str]) -> None:
    """Write the workbook.

    Parameters
    ----------
    agreement : Agreement
    path : path-like
        Replaced only once the workbook is complete.

    Raises
    ------
    OSError
        Where the workbook cannot be written there.
    """
    with replacing(path) as draft, xlsxwriter.Workbook(draft, {"in_memory": True}) as book:
        book.set_properties({"title": "Agreement", "created": dt.datetime(2000, 1, 1)})  # no clock
        _fill(book, "Agreement", (30, 15, 15, 8, *[12] * 9, 60), _measures(agreement))
        _fill(book, "Counts", (30, 38, *[13] * 6), _counts(agreement))
        _fill(book, "Disagreements", (15, 15, 20, 12, 100), _disagreements(agreement))
        _fill(book, "About", (120,), [[sentence] for sentence in (*said(agreement), LEGEND)])


def _measures(agreement: Agreement) -> list[list[Cell]]:
    head = ["", "First", "Second", "Notes"]
    head += [f"{name}{end}" for name in ("Alike", "Kappa", "Alpha") for end in ("", ", from", ", to")]
    rows: list[list[Cell]] = [_Head([*head, "Bear in mind"])]
    for comparison in agreement.comparisons:
        for aspect in comparison.aspects:
            figures = [*_limits(aspect.same), *_limits(aspect.kappa), *_limits(aspect.alpha)]
            readers = [comparison.first, comparison.second]
            rows.append([aspect.title, *readers, aspect.notes, *figures, aspect.remark])
    return rows


def _limits(measure: Measure | None) -> list[Cell]:
    return [measure.value, measure.low, measure.high] if measure else [None] * 3


def _counts(agreement: Agreement) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for comparison in agreement.comparisons:
        for aspect in comparison.aspects:
            first, second = comparison.first, comparison.second
            rows.append(_Head([aspect.title, f"{first} down, {second} across", *aspect.marks, "all"]))
            for mark, row in zip(aspect.marks, aspect.counts, strict=True):
                rows.append(["", mark, *row, sum(row)])
            rows += [["", "all", *aspect.second, aspect.notes], []]
    return rows


def _disagreements(agreement: Agreement) -> list[list[Cell]]:
    rows: list[list[Cell]] = [_Head(["First", "Second", "Record", "Steps apart", "What differs, and why"])]
    for comparison in agreement.comparisons:
        for found in comparison.disagreements:
            told = "\n".join(lines(found, comparison))
            rows.append([comparison.first, comparison.second, legible(found.id), found.steps, told])
    return rows


def _fill(book: xlsxwriter.Workbook, name: str, widths: tuple[int, ...], rows: Sequence[list[Cell]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")
    top = {"valign": "top", "align": "left"}
    whole, figure = book.add_format(top), book.add_format(top | {"num_format": "0.00"})
    wrapped = book.add_format(top | {"text_wrap": True})
    bold = book.add_format(top | {"bold": True, "bg_color": "#DCE6F0", "bottom": 1, "text_wrap": True})
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    for at, cells in enumerate(rows):
        # Excel fits a row to its words; LibreOffice does so only where it is told how many lines there are.
        told = str(cells[-1]) if cells else ""
        sheet.set_row(at, LINE * max(1, sum(len(line) // widths[-1] + 1 for line in told.split("\n"))))
        for place, cell in enumerate(cells):
            if isinstance(cells, _Head):
                sheet.write_string(at, place, str(cell), bold)
            elif isinstance(cell, int | float):
                sheet.write_number(at, place, cell, figure if isinstance(cell, float) else whole)
            elif cell:
                sheet.write_string(at, place, cell, wrapped)
