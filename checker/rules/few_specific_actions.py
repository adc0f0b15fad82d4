"""A plan of which less than a third says who does what by when."""

from collections.abc import Iterator

from checker.codebook import ActionBand, PlanBand
from checker.record import Assessment, Severity
from checker.rules.rule import FULL_RECORDS, Rule, Span, actions, at


def find(assessment: Assessment) -> Iterator[Span]:
    if assessment.plan.band != PlanBand.WEAK:
        return
    unspecific = [(unit, action) for unit, action in actions(assessment) if not action.is_specific]
    vague = [unit for unit, action in unspecific if action.band == ActionBand.VAGUE]
    yield at(vague[0] if vague else unspecific[0][0])


RULE = Rule(
    id="few-specific-actions",
    severity=Severity.ERROR,
    finds="Fewer than a third of the actions say who does what by when; the vaguest is shown.",
    question="Who will do exactly what, and by when?",
    why="A plan that can be followed up says for each action who, what and by when (codebook §5, plan band `weak`; §4, elements `what`, `who` and `when`).",
    record_types=FULL_RECORDS,
    record_types_why="Plans of children, adults, groups and workers are read alike. An oversight note is judged by its decision.",
    failing="""Joe is settled in the foster home and went back to school on 3 March.
Actions
Monitor.
Continue to support the carers.
Chase CAMHS.
SW to liaise with school.""",
    passing="""Joe is settled in the foster home and went back to school on 3 March.
Actions
SW to ask CAMHS for the date of Joe's first appointment by 14 March.
TM to send the signed delegated authority form to the carers by 12 March.
SW to liaise with school.""",
    find=find,
)
