"""The audit worksheet: an Excel workbook that auditors fill in, written and read back."""

from checker.sampling.design import Draw
from checker.worksheet.judgement import (
    CRITERIA,
    SHOWED_THE_TOOL,
    AuditedRecord,
    Judgement,
    tool_judgement,
)
from checker.worksheet.layout import WorksheetError
from checker.worksheet.reading import read_worksheet
from checker.worksheet.writing import write_worksheet

__all__ = [
    "CRITERIA",
    "SHOWED_THE_TOOL",
    "AuditedRecord",
    "Draw",
    "Judgement",
    "WorksheetError",
    "read_worksheet",
    "tool_judgement",
    "write_worksheet",
]
