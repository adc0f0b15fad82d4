"""A plan too long to be done by the next supervision."""

from collections.abc import Iterator

from checker.record import Assessment, Severity
from checker.rules.rule import FULL_RECORDS, Rule, Span, actions, at

MOST = 10
"""More actions than this and the ones that matter are hard to see; a rule of thumb, not in the codebook."""


def find(assessment: Assessment) -> Iterator[Span]:
    beyond = actions(assessment)[MOST:]
    if beyond:
        yield at(beyond[0][0])


RULE = Rule(
    id="too-many-actions",
    severity=Severity.HINT,
    finds="The record sets more than ten actions; the eleventh is shown.",
    question="Which of these actions matter most?",
    why="In a long list the actions that change something are lost among the rest (a rule of thumb beside codebook §4, action kind).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""Actions
SW to ring the GP by 3 March.
SW to ring the school by 4 March.
SW to visit the family by 5 March.
FSW to take mum to the food bank by 6 March.
SW to book the core group by 7 March.
TM to read the assessment by 8 March.
SW to send the housing letter by 9 March.
FSW to meet dad by 10 March.
SW to see Ella at school by 11 March.
SW to update the chronology by 12 March.
TM to ring the health visitor by 13 March.""",
    passing="""Actions
SW to ring the GP by 3 March.
SW to see Ella at school by 11 March.
TM to ring the health visitor by 13 March.""",
    find=find,
)
