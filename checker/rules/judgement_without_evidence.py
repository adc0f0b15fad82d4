"""A judgement that gives no reason."""

from collections.abc import Iterator

from checker.codebook import Label
from checker.record import Assessment, Severity
from checker.rules.fluent_but_general import is_general
from checker.rules.rule import FULL_RECORDS, Rule, Span, at, is_scorable, labelled


def find(assessment: Assessment) -> Iterator[Span]:
    if is_scorable(assessment):
        yield from (at(unit) for unit in labelled(assessment, Label.JUDGEMENT) if not is_general(unit))


RULE = Rule(
    id="judgement-without-evidence",
    severity=Severity.WARNING,
    finds="A judgement has no reason with it.",
    question="What tells you that?",
    why="“Mum engaging well” can be neither checked nor shared until the reader knows what was seen (codebook §2, label `judgement` against `reasoned`).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""SW visited on 3 March. Both children seen alone. Core group on 6 March.
Mum is engaging well. Placement going well. No concerns.
Attendance is 93%. The health visitor has closed. Dad lives in Hull and rings the children each Sunday.
SW to visit on 1 April.""",
    passing="""SW visited on 3 March. Both children seen alone. Core group on 6 March.
Attendance is 93%. The health visitor has closed. Dad lives in Hull and rings the children each Sunday.
Mum came to all six sessions and showed SW the bedtime chart she keeps, so the routine is hers by now and not ours.
SW to visit on 1 April.""",
    find=find,
)
