"""What every sheet of the workbook has in common: its formats, its heights, its print set-up."""

from collections.abc import Mapping
from typing import Any

import xlsxwriter

from checker.report.xlsx import LINE

Formats = Mapping[str, Any]


def formats(book: xlsxwriter.Workbook) -> Formats:
    """The formats of cells, by what a cell is for."""
    top = {"valign": "top", "text_wrap": True}
    entry = top | {"locked": False, "bg_color": "#FFF8E1", "border": 1, "border_color": "#D0C9B0"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format(top | {"bold": True, "bg_color": "#DCE6F0", "bottom": 1}),
        "bold": book.add_format(top | {"bold": True}),
        "text": book.add_format(top),
        "number": book.add_format({"valign": "top", "align": "center"}),
        "entry": book.add_format(entry),
        "formula": book.add_format(top | {"hidden": True, "font_color": "#444444"}),
        "link": book.add_format(top | {"font_color": "#0563C1", "underline": 1}),
        "date": book.add_format({"valign": "top", "num_format": "d mmm yyyy", "align": "left"}),
    }


def height(words: str, width: int) -> int:
    """A row's height in points, at most what Excel allows: LibreOffice does not stretch it by itself."""
    letters = int(1.1 * width)  # widths count figures, and letters are narrower
    return LINE * min(len(words) // letters + 1, 27)


def set_up(sheet: Any, landscape: bool) -> None:
    """Set a sheet up for A4 paper, and protect what is not for marking, without a password."""
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    sheet.set_paper(9)  # A4
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")
