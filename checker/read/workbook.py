"""Excel workbooks, row by row."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from checker.read.problem import CannotRead
from checker.read.table import HEADER_WITHIN, BadRow, Header, Row, row

ROWS_OF_A_SHEET = 1_048_576
"""Rows of an Excel sheet (Microsoft, Excel specifications and limits); a damaged file can claim more."""

LARGEST_UNPACKED = 2_000_000_000
"""Bytes of an unpacked Excel file; more is taken for a file made to exhaust memory."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# What openpyxl warns of (styles, drop-down lists) does not touch the words in the cells.
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")


def xlsx_rows(path: Path, header: Header) -> Iterator[Row | BadRow]:
    """The rows of the first sheet with a text column; formulas count by the value last saved."""
    with path.open("rb") as file:
        _check_workbook(file, header.source)
        try:
            workbook = load_workbook(file, read_only=True, data_only=True)
            sheet, header_row, keys = _sheet(workbook, header)
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > ROWS_OF_A_SHEET:
                    break
                if number > header_row and any(cell is not None for cell in cells):
                    # Excel writes a carriage return inside a cell as _x000D_.
                    yield row(
                        f"row {number}", keys, [unescape(c) if isinstance(c, str) else c for c in cells]
                    )
        except CannotRead:
            raise
        except Exception:
            # openpyxl lets through whatever its parsers raise: zip, zlib, XML, key, type and value errors.
            raise CannotRead(
                "corrupt",
                f"{header.source} cannot be read as an Excel file; open it in Excel and save it again as .xlsx or CSV.",
            ) from None


def _sheet(workbook: Any, header: Header) -> tuple[Any, int, list[str]]:
    """The first sheet with a text column, with its header's row number and keys."""
    first: tuple[object, ...] = ()
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # some exporters write a wrong size into the sheet
        for number, names in enumerate(sheet.iter_rows(max_row=HEADER_WITHIN, values_only=True), 1):
            if header.score(names):
                return sheet, number, header.keys(names)
            first = first or tuple(name for name in names if name is not None)
    raise header.missing(header.text_columns, first)


def _check_workbook(file: io.BufferedReader, source: str) -> None:
    """Refuse a protected, old, false or monstrous workbook before it is unpacked."""
    head = file.read(1 << 20)
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in head:
            raise CannotRead(
                "protected",
                f"{source} is protected with a password; remove the password in Excel and save it again.",
            )
        raise CannotRead(
            "wrong_type", f"{source} is an old Excel file (.xls); open it in Excel and save it as .xlsx."
        )
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except Exception:
        # A damaged directory makes zipfile raise more than BadZipFile.
        raise CannotRead(
            "corrupt",
            f"{source} is not an Excel file or is damaged; open it in Excel and save it again as .xlsx.",
        ) from None
    if not any(part.filename.lower().startswith("xl/") for part in parts):
        raise CannotRead(
            "wrong_type", f"{source} is not an Excel file, whatever its name says; save it as .xlsx."
        )
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise CannotRead(
            "too_large", f"{source} is too large for an Excel file once unpacked; save it as CSV."
        )
    file.seek(0)
