"""An oversight note in which no decision is given with its reason."""

from collections.abc import Iterator

from checker.codebook import Flag, Label, RecordType
from checker.record import Assessment, Severity
from checker.rules.rule import WHOLE_RECORD, Rule, Span, at, labelled


def find(assessment: Assessment) -> Iterator[Span]:
    decisions = labelled(assessment, Label.DECISION)
    if not any(Flag.RATIONALE in unit.flags for unit in decisions):
        yield at(decisions[0]) if decisions else WHOLE_RECORD


RULE = Rule(
    id="oversight-without-reason",
    severity=Severity.ERROR,
    finds="An oversight note has no decision with its reason.",
    question="What is decided, and why?",
    why="An oversight note exists to say what was decided and why, not to act included (codebook §5, weak record).",
    record_types=frozenset({RecordType.MANAGEMENT_OVERSIGHT}),
    record_types_why="This is all that the codebook asks of an oversight note.",
    failing="""Management oversight 12 May.
Discussed with SW by phone. Police report received 11 May.
I agree to a strategy discussion.""",
    passing="""Management oversight 12 May.
Discussed with SW by phone. Police report received 11 May.
Agreed: visit today rather than Friday, because the account of the injury has changed twice and Mia goes home at the weekend.""",
    find=find,
)
