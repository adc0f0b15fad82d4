"""An action that nobody is named to do."""

from checker.codebook import Element
from checker.record import Severity
from checker.rules.rule import FULL_RECORDS, Rule, scoring

RULE = Rule(
    id="no-owner",
    severity=Severity.WARNING,
    finds="An action says nobody who will do it.",
    question="Who will do this?",
    why="What “professionals” or nobody is to do, nobody does (codebook §4, element `who` at 0).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
Paediatric letter on weight to be requested.""",
    passing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
SW to request the paediatric letter on weight by 14 March.""",
    find=scoring(Element.WHO, 0),
)
