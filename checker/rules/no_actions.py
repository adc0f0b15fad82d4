"""A record without a single action."""

from collections.abc import Iterator

from checker.codebook import PlanBand
from checker.record import Assessment, Severity
from checker.rules.rule import FULL_RECORDS, WHOLE_RECORD, Rule, Span


def find(assessment: Assessment) -> Iterator[Span]:
    if assessment.plan.band == PlanBand.NONE:
        yield WHOLE_RECORD


RULE = Rule(
    id="no-actions",
    severity=Severity.ERROR,
    finds="The record sets no action.",
    question="Who will do what next, and by when?",
    why="Without an action the next supervision has nothing to follow up (codebook §5, plan band `none`).",
    record_types=FULL_RECORDS,
    record_types_why="Every full supervision is expected to end in a plan. An oversight note is judged by its decision.",
    failing="""Visit held on 4 June. Mrs Dale was up and dressed.
She told SW “I want to stay in my own home”.
The carers come four times a day. Her daughter rang on 6 June.
Medication was changed by the GP on 29 May.""",
    passing="""Visit held on 4 June. Mrs Dale was up and dressed.
She told SW “I want to stay in my own home”.
The carers come four times a day. Her daughter rang on 6 June.
Actions
SW to ask the GP for a falls referral by 20 June.""",
    find=find,
)
