"""An action that several people share."""

from checker.codebook import Element
from checker.record import Severity
from checker.rules.rule import FULL_RECORDS, Rule, scoring

RULE = Rule(
    id="shared-owner",
    severity=Severity.HINT,
    finds="An action has a shared or plural owner, such as “SW and FSW” or “all”.",
    question="Which one of them answers for this?",
    why="A specific action has one named person or one unambiguous role (codebook §4, element `who` at 1).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
Carers / school to keep a diary of meals""",
    passing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
SW to request the paediatric letter on weight by 14 March.""",
    find=scoring(Element.WHO, 1),
)
