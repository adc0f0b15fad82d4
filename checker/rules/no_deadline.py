"""An action without a deadline."""

from checker.codebook import Element
from checker.record import Severity
from checker.rules.rule import FULL_RECORDS, Rule, scoring

RULE = Rule(
    id="no-deadline",
    severity=Severity.WARNING,
    finds="An action has no deadline, or only “ASAP”, “ongoing” or “TBC”.",
    question="By when?",
    why="Without a deadline nobody can say that an action is late, and it drifts (codebook §4, element `when` at 0).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
SW to request the paediatric letter on weight.""",
    passing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
SW to request the paediatric letter on weight by 14 March.""",
    find=scoring(Element.WHEN, 0),
)
