"""What stands where in the workbook: what `writing` puts down, `reading` finds again."""

from enum import StrEnum

from checker.codebook import PlanBand, ReflectionBand
from checker.report.words import plain
from checker.worksheet.judgement import CRITERIA

INSTRUCTIONS = "Instructions"
AUDIT = "Audit"
SECOND = "Second auditor"
KEY = "Key"
"""The hidden sheet: how each record was drawn and what the tool says of it."""

CELL = 30_000
"""Characters of the key that go into one cell; Excel keeps 32,767."""


class WorksheetError(ValueError):
    """A worksheet cannot be written or read; its message says what, where (the cells) and what to do."""


class Column(StrEnum):
    """The columns of an auditor's sheet that do not depend on the criteria."""

    NUMBER = "No."
    RECORD = "Record"
    DATE = "Date"
    TYPE = "Type"
    REFLECTION = "Reflection"
    PLAN = "Plan"
    WEAK = "Weak"
    REASONS = "Reasons"
    STATUS = "Status"


YES, NO = "yes", "no"

MARKS: dict[str, tuple[str, ...]] = {
    Column.REFLECTION: tuple(map(plain, ReflectionBand)),
    Column.PLAN: tuple(map(plain, PlanBand)),
    Column.WEAK: (YES, NO),
    **dict.fromkeys(CRITERIA.values(), (YES, NO)),
}
"""The columns that an auditor marks, in their order, each with the words that it may hold."""

COLUMNS = (
    *(Column.NUMBER, Column.RECORD, Column.DATE, Column.TYPE),
    *MARKS,
    *(Column.REASONS, Column.STATUS),
)
"""The columns of an auditor's sheet; where the tool is revealed, its three come after them."""

TOOL = ("The tool: reflection", "The tool: plan", "The tool: weak")
"""The columns, where there are any, that show the tool's judgement once the auditor's is in."""


def note_sheet(number: int) -> str:
    """The name of the sheet that holds a note."""
    return f"Note {number}"
