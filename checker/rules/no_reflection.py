"""A record that lists facts or opinions and nowhere says what they mean."""

from collections.abc import Iterator

from checker.codebook import RecordType, ReflectionBand
from checker.record import Assessment, Severity
from checker.rules.rule import FULL_RECORDS, WHOLE_RECORD, Rule, Span

_ABOUT_PRACTICE = WHOLE_RECORD._replace(question="What does this say about the work, and why?")


def find(assessment: Assessment) -> Iterator[Span]:
    if assessment.reflection.band == ReflectionBand.LISTING:
        yield _ABOUT_PRACTICE if assessment.record_type == RecordType.PERSONAL else WHOLE_RECORD


RULE = Rule(
    id="no-reflection",
    severity=Severity.ERROR,
    finds="Nothing in the record says what the facts mean.",
    question="What does this mean for this person, and what makes you think so?",
    why="A list of events shows what was done but not what was thought (codebook §5, band `listing`; Wilkins 2017 found “what and when” rather than “how and why”).",
    record_types=FULL_RECORDS,
    record_types_why="A personal record is read about the worker's practice. An oversight note is a short decision between sessions and need not reflect.",
    failing="""Update
SW visited on 3 March. Children seen. Mum at home.
Attendance is 84%. Dental appointment attended on 11 March.
Core group held 14 March. Health visitor and school attended.
Dad has moved to Leeds. Housing benefit form sent on 17 March.
Actions
SW to visit on 2 April.""",
    passing="""Update
SW visited on 3 March. Children seen. Mum at home. Attendance is 84%.
All of Ella's late days follow a night when dad has stayed, so the lateness looks to come from the arguments that keep her awake and not from mum's routines.
Core group held 14 March. Health visitor and school attended.
Actions
SW to visit on 2 April.""",
    find=find,
)
