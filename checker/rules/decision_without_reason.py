"""A decision given without its reason."""

from collections.abc import Iterator
from itertools import groupby

from checker.codebook import REFLECTIVE, Flag, Label
from checker.record import Assessment, LabelledUnit, Severity
from checker.rules.rule import EVERY_TYPE, Rule, Span, at


def find(assessment: Assessment) -> Iterator[Span]:
    units = assessment.units
    place = 0
    for decided, run in groupby(units, lambda unit: unit.label == Label.DECISION):
        decisions = list(run)
        before, after = units[max(place - 1, 0) : place], units[place + len(decisions) :][:1]
        if decided and not any(map(_gives_reason, (*before, *decisions, *after))):
            yield at(decisions[0])
        place += len(decisions)


def _gives_reason(unit: LabelledUnit) -> bool:
    return Flag.RATIONALE in unit.flags or unit.label in REFLECTIVE


RULE = Rule(
    id="decision-without-reason",
    severity=Severity.WARNING,
    finds="A decision has no reason in it or beside it; decisions in a row are asked once.",
    question="Why this, and why now?",
    why="Whoever reads the file later, the child or adult among them, needs to see why it was decided (codebook §3, flag `rationale`).",
    record_types=EVERY_TYPE,
    record_types_why="A decision needs its reason in any record, in an oversight note above all.",
    failing="""Visit on 3 March. Mum did not open the door. School has rung twice this week.
Manager's decision: step down to child in need.
Actions
SW to tell mum by 10 March.""",
    passing="""Visit on 3 March. Mum opened the door and showed SW the new beds. School has no absences since January.
Manager's decision: step down to child in need, because the neglect that led to the plan has not been seen by school, health visitor or SW for four months.
Actions
SW to tell mum by 10 March.""",
    find=find,
)
