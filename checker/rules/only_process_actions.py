"""A plan of forms, meetings and visits due, and nothing that changes anything."""

from collections.abc import Iterator

from checker.codebook import ActionKind
from checker.record import Assessment, Severity
from checker.rules.rule import ABOUT_PEOPLE, Rule, Span, actions, at


def find(assessment: Assessment) -> Iterator[Span]:
    planned = actions(assessment)
    if planned and all(action.kind == ActionKind.PROCESS for _, action in planned):
        yield at(planned[0][0])


RULE = Rule(
    id="only-process-actions",
    severity=Severity.WARNING,
    finds="Every action is process: a form, a meeting, a chronology, a visit due.",
    question="Which action will change something for this person?",
    why="Process keeps the file in order, but only work with the person, protection or a decision changes a life (codebook §4, action kind `process` against `change`).",
    record_types=ABOUT_PEOPLE,
    record_types_why="In a personal record forms and bookings may be all that is due, and an oversight note is asked only for its decision and reason.",
    failing="""Ravi was seen on 3 March and is settled in his foster home.
Actions
SW to update the chronology by 10 March.
SW to send the review form to the IRO by 12 March.""",
    passing="""Ravi was seen on 3 March and is settled in his foster home.
Actions
SW to update the chronology by 10 March.
SW to take Ravi to meet his brother at the park by 22 March, so that they see each other again before the summer.""",
    find=find,
)
