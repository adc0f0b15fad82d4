"""A record in which nothing is settled."""

from collections.abc import Iterator

from checker.codebook import Label
from checker.record import Assessment, Severity
from checker.rules.rule import ABOUT_PEOPLE, WHOLE_RECORD, Rule, Span, is_scorable, labelled


def find(assessment: Assessment) -> Iterator[Span]:
    if is_scorable(assessment) and not labelled(assessment, Label.DECISION):
        yield WHOLE_RECORD


RULE = Rule(
    id="no-decision",
    severity=Severity.WARNING,
    finds="The record settles nothing, not even that nothing should change.",
    question="What was decided, even if it was to change nothing?",
    why="Supervision is where a manager settles things, and a decision not to act is one too (codebook §2, label `decision`).",
    record_types=ABOUT_PEOPLE,
    record_types_why="A personal record need not decide anything; of an oversight note `oversight-without-reason` asks for the decision.",
    failing="""SW visited Leo on 3 March and saw him with his sister. He has a new room and showed SW his fish.
School attendance is 95%. Mum starts work on 14 March and her neighbour will do the school run.
Dad's assessment is due on 2 April.
SW to visit on 1 April.""",
    passing="""SW visited Leo on 3 March and saw him with his sister. He has a new room and showed SW his fish.
School attendance is 95%. Mum starts work on 14 March and her neighbour will do the school run.
Manager agrees that Leo stays with mum while dad's assessment is finished, because home is steady now.
SW to visit on 1 April.""",
    find=find,
)
