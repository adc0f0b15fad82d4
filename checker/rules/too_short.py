"""A record too short to say whether it reflects."""

from collections.abc import Iterator

from checker.record import Assessment, Severity
from checker.rules.rule import FULL_RECORDS, WHOLE_RECORD, Rule, Span, is_scorable, is_too_short


def find(assessment: Assessment) -> Iterator[Span]:
    if not is_scorable(assessment) and is_too_short(assessment):
        yield WHOLE_RECORD


RULE = Rule(
    id="too-short",
    severity=Severity.WARNING,
    finds="The author wrote fewer than 40 words.",
    question="What was thought and decided that is not written here?",
    why="In fewer than 40 words of the author's own nobody can tell whether the note reflects (codebook §5, band `not_scorable`); from there on length earns nothing.",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note may be two lines long.",
    failing="""Supervision 3 March.
Visited. All fine.
SW to visit again on 1 April.""",
    passing="""Supervision 3 March.
Visited on 28 February with the health visitor, who weighed Amir at 7.9 kg. He has gone up a centile since January, which suggests that the new feeding routine is working and that mum keeps to it on her own.
SW to visit again on 1 April.""",
    find=find,
)
