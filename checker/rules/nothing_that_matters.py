"""A record in which nothing of the person's own life appears."""

from collections.abc import Iterator

from checker.codebook import Flag
from checker.record import Assessment, Severity
from checker.rules.rule import ABOUT_PEOPLE, WHOLE_RECORD, Rule, Span, has_flag, is_scorable


def find(assessment: Assessment) -> Iterator[Span]:
    if is_scorable(assessment) and not has_flag(assessment, Flag.MATTERS):
        yield WHOLE_RECORD


RULE = Rule(
    id="nothing-that-matters",
    severity=Severity.HINT,
    finds="Nothing says what matters to the person: family time, friends, hobbies, school life, identity, culture, pets.",
    question="What matters to this person?",
    why="A plan for somebody's life should know what matters in it (codebook §3, flag `matters`).",
    record_types=ABOUT_PEOPLE,
    record_types_why="A personal record is about work, and an oversight note is asked only for its decision and reason.",
    failing="""Visits are in timescale. Core group held on 3 March. The health visitor has closed.
The review form went to the IRO on 9 March. The housing transfer is on hold until April.
The medical is booked for 2 May and the dental check for 9 May. The statement is due at court on 11 April.
SW to visit on 1 April.""",
    passing="""Visits are in timescale. Core group held on 3 March. The health visitor has closed.
The review form went to the IRO on 9 March. The housing transfer is on hold until April.
Maya plays football with her brother at nan's each Sunday and has started Punjabi class with her best friend.
SW to visit on 1 April.""",
    find=find,
)
