"""A record that does not say what came of the actions set before."""

import re
from collections.abc import Iterator

from checker.codebook import Flag, RecordType
from checker.record import Assessment, Severity
from checker.rules.rule import WHOLE_RECORD, Rule, Span, has_flag, is_scorable

_FIRST = re.compile(
    r"\b(?:first|initial|allocation) (?:case )?(?:supervision|discussion)\b|\bnew(?:ly)? (?:allocat\w+|case|referral|starter)\b",
    re.IGNORECASE,
)


def find(assessment: Assessment) -> Iterator[Span]:
    is_first = any(_FIRST.search(unit.text) for unit in assessment.units)
    if is_scorable(assessment) and not is_first and not has_flag(assessment, Flag.PREVIOUS_ACTION):
        yield WHOLE_RECORD


RULE = Rule(
    id="earlier-actions",
    severity=Severity.HINT,
    finds="Nothing says what came of actions set earlier, and the record does not call itself a first one.",
    question="What came of the actions set last time?",
    why="Actions that are set and never looked at again let a case drift (codebook §3, flag `previous_action`).",
    record_types=frozenset({RecordType.CASE, RecordType.PERSONAL}),
    record_types_why="A group mostly meets about a case once, and an oversight note stands between sessions.",
    failing="""SW visited Leo on 3 March and saw him with his sister. He has a new room and showed SW his fish.
School attendance is 95%. Mum starts work on 14 March and her neighbour will do the school run.
Dad's assessment is due on 2 April.
SW to visit on 1 April.""",
    passing="""Actions from last supervision: school meeting, done on 12 February. Dentist, not done, mum cancelled twice.
SW visited Leo on 3 March and saw him with his sister. He has a new room and showed SW his fish.
School attendance is 95%. Mum starts work on 14 March and her neighbour will do the school run.
SW to visit on 1 April.""",
    find=find,
)
