"""An action meant to bring change that does not say how anyone will know."""

from collections.abc import Iterator

from checker.codebook import ActionKind
from checker.record import Assessment, Severity
from checker.rules.rule import FULL_RECORDS, Rule, Span, actions, at


def find(assessment: Assessment) -> Iterator[Span]:
    for unit, action in actions(assessment):
        if action.check == action.if_not == 0 and action.kind == ActionKind.CHANGE:
            yield at(unit)


RULE = Rule(
    id="no-check",
    severity=Severity.HINT,
    finds="An action that is meant to change something says neither how success will show nor what follows failure.",
    question="How will you know it worked?",
    why="A purposeful action says how it will be known to have worked, or what follows if it has not (codebook §4, elements `check` and `if_not`).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""Ravi was seen on 3 March and is settled in his foster home.
Actions
SW to do three sessions with Ravi at school by 22 March so that he knows why he cannot live with his mum.""",
    passing="""Ravi was seen on 3 March and is settled in his foster home.
Actions
SW to do three sessions with Ravi at school by 22 March so that he knows why he cannot live with his mum; it has worked if he can tell his story to the carer in his own words by 1 April.""",
    find=find,
)
