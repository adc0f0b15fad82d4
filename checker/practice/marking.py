"""Marking: a learner's label for a unit against the codebook's, and what the answers show together."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from checker.codebook import LABEL_IS_NOT, LABEL_TESTS, Label
from checker.practice import AnnotatedRecord
from checker.record import LabelledUnit

ASKED = tuple(label for label in Label if label is not Label.ADMIN)
"""The labels that a learner chooses among; headings and the like are shown, not asked."""


class Mark(msgspec.Struct, frozen=True):
    """One answer: the unit, and the label that the learner gave it."""

    unit: LabelledUnit
    answer: Label

    @property
    def right(self) -> bool:
        """Whether the answer is the unit's label."""
        return self.answer is self.unit.label

    @property
    def test(self) -> str:
        """The codebook's test for the unit's label."""
        return LABEL_TESTS[self.unit.label]

    @property
    def near_misses(self) -> tuple[str, ...]:
        """What the codebook says to keep apart from the unit's label, and from a wrong answer."""
        return tuple(
            LABEL_IS_NOT[label]
            for label in dict.fromkeys((self.unit.label, self.answer))
            if label in LABEL_IS_NOT
        )


class Confusion(msgspec.Struct, frozen=True):
    """How often units of one label were taken for another."""

    label: Label
    answer: Label
    times: int


class Score(msgspec.Struct, frozen=True):
    """How many answers were right, and what was mistaken for what, the most often first."""

    right: int
    answered: int
    confusions: tuple[Confusion, ...]


def asked(note: AnnotatedRecord) -> tuple[LabelledUnit, ...]:
    """The units of a note that a learner labels, in order."""
    return tuple(unit for unit in note.assessment.units if unit.label in ASKED)


def score(marks: Sequence[Mark]) -> Score:
    """Add up a learner's answers.

    Parameters
    ----------
    marks : sequence of Mark

    Returns
    -------
    Score
        Confusions that are equally frequent stand in the order in which they were first made.
    """
    wrong = Counter((mark.unit.label, mark.answer) for mark in marks if not mark.right)
    return Score(
        right=len(marks) - wrong.total(),
        answered=len(marks),
        confusions=tuple(Confusion(*labels, times) for labels, times in wrong.most_common()),
    )
