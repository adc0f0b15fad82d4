"""An action due at an event that has no date, or at a rhythm that has no end."""

from checker.codebook import Element
from checker.record import Severity
from checker.rules.rule import FULL_RECORDS, Rule, scoring

RULE = Rule(
    id="no-date",
    severity=Severity.HINT,
    finds="An action is due at an event without a date, or at a rhythm without an end.",
    question="On what date, or until when?",
    why="“Before the review” or “weekly” cannot be followed up until the date is there (codebook §4, element `when` at 1).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
SW to request the paediatric letter on weight before the next review.""",
    passing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
SW to request the paediatric letter on weight by 14 March.""",
    find=scoring(Element.WHEN, 1),
)
