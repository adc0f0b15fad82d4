"""What a rule is, and the few ways of looking at an assessment that several rules share."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import msgspec

from checker.codebook import MINIMUM_WORDS, Element, Flag, Label, RecordType, ReflectionBand
from checker.record import UNSET, Action, Assessment, Finding, LabelledUnit, Severity

EVERY_TYPE = frozenset(RecordType)
ABOUT_PEOPLE = frozenset({RecordType.CASE, RecordType.GROUP})
"""Records about a child, an adult or a family."""
FULL_RECORDS = EVERY_TYPE - {RecordType.MANAGEMENT_OVERSIGHT}
"""Records of a whole supervision: of an oversight note the codebook asks only a decision and its reason."""


class Span(NamedTuple):
    """Where a rule asks its question, and the question where it differs from the rule's own."""

    start: int
    end: int
    question: str = ""


WHOLE_RECORD = Span(0, 0)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One question that the checker may put to the author of a record.

    Attributes
    ----------
    id : str
        In kebab case; the rule's file has the same name with underscores.
    severity : Severity
        Unless the settings say otherwise. An `error` makes a record weak, and every weak record has one.
    finds : str
        What the rule finds, in a line.
    question : str
        What it asks the author, in plain English. It never brings in case content.
    why : str
        Why it matters, in a sentence, with its source.
    record_types : frozenset of RecordType
    record_types_why : str
        Why these types and no others.
    failing, passing : str
        Two short synthetic notes, of the type `example_type`: the rule asks in the first, not in the second.
    find : callable
        From an assessment to the spans that the rule asks about, in any order.
    """

    id: str
    severity: Severity
    finds: str
    question: str
    why: str
    record_types: frozenset[RecordType]
    record_types_why: str
    failing: str
    passing: str
    find: Callable[[Assessment], Iterable[Span]]

    @property
    def example_type(self) -> RecordType:
        """The record type that both examples are read as: `case` where the rule applies to it."""
        return RecordType.CASE if RecordType.CASE in self.record_types else min(self.record_types)

    def findings(self, assessment: Assessment, severity: Severity) -> Iterator[Finding]:
        """Yield this rule's findings in an assessment, at the severity given."""
        if assessment.record_type not in self.record_types:
            return
        for start, end, question in self.find(assessment):
            yield Finding(
                rule=self.id, question=question or self.question, start=start, end=end, severity=severity
            )


def at(unit: LabelledUnit, question: str = "") -> Span:
    """The span of one unit."""
    return Span(unit.start, unit.end, question)


def labelled(assessment: Assessment, *labels: Label) -> list[LabelledUnit]:
    """The units with one of these labels."""
    return [unit for unit in assessment.units if unit.label in labels]


def has_flag(assessment: Assessment, flag: Flag) -> bool:
    """Whether any unit carries this flag."""
    return any(flag in unit.flags for unit in assessment.units)


def is_scorable(assessment: Assessment) -> bool:
    """Whether there is enough of a record to ask what it leaves out (codebook §5)."""
    return assessment.reflection.band != ReflectionBand.NOT_SCORABLE


def is_too_short(assessment: Assessment) -> bool:
    """Whether the author wrote fewer words than can be scored (codebook §5)."""
    words = sum(len(unit.text.split()) for unit in assessment.units if unit.label != Label.ADMIN)
    return words < MINIMUM_WORDS


def actions(assessment: Assessment) -> list[tuple[LabelledUnit, Action]]:
    """Each action once, at its first unit.

    An action that runs over several sentences has each of them carry the elements of the whole (codebook
    §4), so neighbours on one line with the same six scores are one action. A new line is a new bullet.
    """
    found = []
    for before, unit in pairwise([None, *assessment.units]):
        if unit.action is UNSET:
            continue
        continues = (
            before is not None
            and before.line == unit.line
            and before.action is not UNSET
            and before.action.elements == unit.action.elements
        )
        if not continues:
            found.append((unit, unit.action))
    return found


def scoring(element: Element, score: int) -> Callable[[Assessment], Iterator[Span]]:
    """A test that finds each action with this score for this element (codebook §4)."""

    def find(assessment: Assessment) -> Iterator[Span]:
        return (at(unit) for unit, action in actions(assessment) if action.elements[element] == score)

    return find
