"""A record in which the person is not heard."""

from collections.abc import Iterator

from checker.codebook import Flag, RecordType
from checker.record import Assessment, Severity
from checker.rules.rule import FULL_RECORDS, WHOLE_RECORD, Rule, Span, has_flag, is_scorable

_OF_THE_WORKER = WHOLE_RECORD._replace(question="What does the worker say about this?")


def find(assessment: Assessment) -> Iterator[Span]:
    if is_scorable(assessment) and not has_flag(assessment, Flag.VOICE):
        yield _OF_THE_WORKER if assessment.record_type == RecordType.PERSONAL else WHOLE_RECORD


RULE = Rule(
    id="no-voice",
    severity=Severity.WARNING,
    finds="Nobody's words, wishes or lived experience are in the record.",
    question="What does this person say, wish or show about their life?",
    why="A record about a person should let that person be heard (codebook §3, flag `voice`).",
    record_types=FULL_RECORDS,
    record_types_why="In a personal record the voice is the worker's. An oversight note is asked only for its decision and reason.",
    failing="""Visits are in timescale. Core group held on 3 March. The health visitor has closed.
School attendance is 84%. The housing transfer is on hold until April. Father is in custody until June.
The parenting course starts on 2 May and takes eight weeks.
SW to visit on 1 April.""",
    passing="""Visits are in timescale. Core group held on 3 March. The health visitor has closed.
School attendance is 84%. The housing transfer is on hold until April. Father is in custody until June.
Maya told SW “I want my dad to ring me on my birthday”.
SW to visit on 1 April.""",
    find=find,
)
