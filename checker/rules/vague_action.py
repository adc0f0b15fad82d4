"""An action that is only a vague verb."""

from checker.codebook import Element
from checker.record import Severity
from checker.rules.rule import FULL_RECORDS, Rule, scoring

RULE = Rule(
    id="vague-action",
    severity=Severity.WARNING,
    finds="An action is only a vague verb, such as “monitor”, “continue” or “chase”.",
    question="What exactly will be done?",
    why="Nobody can tell whether a vague action was done (codebook §4, element `what` at 0).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
Continue to monitor.
SW to support mum.""",
    passing="""Sam went back to school on 3 March and is on a reduced timetable.
Actions
SW to ask school for Sam's attendance for March by 4 April.""",
    find=scoring(Element.WHAT, 0),
)
