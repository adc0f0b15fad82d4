"""An action meant to bring change that does not say which."""

from collections.abc import Iterator

from checker.codebook import ActionKind, RecordType
from checker.record import Assessment, Severity
from checker.rules.rule import FULL_RECORDS, Rule, Span, actions, at


def find(assessment: Assessment) -> Iterator[Span]:
    about_practice = assessment.record_type == RecordType.PERSONAL
    question = "What should be different for this worker?" if about_practice else ""
    for unit, action in actions(assessment):
        if action.why == 0 and action.kind == ActionKind.CHANGE:
            yield at(unit, question)


RULE = Rule(
    id="no-purpose",
    severity=Severity.WARNING,
    finds="An action that is meant to change something does not say what for.",
    question="What should be different for this person?",
    why="Records tend to say what is to be done and not why, so nobody can tell whether it helped (codebook §4, element `why` at 0; Wilkins 2017).",
    record_types=FULL_RECORDS,
    record_types_why="In a personal record the question is about the worker. An oversight note is asked only for its decision and reason.",
    failing="""Ravi was seen on 3 March and is settled in his foster home.
Actions
SW to do three sessions with Ravi at school by 22 March.""",
    passing="""Ravi was seen on 3 March and is settled in his foster home.
Actions
SW to do three sessions with Ravi at school by 22 March, so that he knows why he cannot live with his mum and stops blaming himself.""",
    find=find,
)
