"""Marking: a learner's label for a unit against the codebook's, and what the answers show together."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from checker.codebook import LABEL_IS_NOT, LABEL_TESTS, Label
from checker.practice import AnnotatedRecord, Doubt
from checker.record import LabelledUnit
from checker.report.words import count

ASKED = tuple(label for label in Label if label is not Label.ADMIN)
"""The labels that a learner chooses among; headings and the like are shown, not asked."""

WHOSE_READINGS = (
    "This comes from the readings of a model and of two annotators, who are language models too; no learner's "
    "answers are kept, so that it cannot say what other learners mistake."
)
"""Where `often_mistaken` is from, for whoever is shown it."""

MOST_NAMED = 3
"""Of a note's units that are often mistaken, so many are named: a lesson, not a second test."""


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


class OftenMistaken(msgspec.Struct, frozen=True):
    """A unit that readers often take for something else, marked as if a learner had."""

    mark: Mark
    doubt: Doubt

    @property
    def sentence(self) -> str:
        """What it is, what it is taken for, and by whom."""
        label, other = self.mark.unit.label, self.mark.answer
        said = f"This is {label}; the model gives {other} {self.doubt.probability * 100:.0f} in 100"
        if not self.doubt.annotators:
            return f"{said}."
        units = count(self.doubt.annotators, "unit")
        return f"{said}, and on {units} of other notes two annotators split between the two."


class Score(msgspec.Struct, frozen=True):
    """How many answers were right, and what was mistaken for what, the most often first."""

    right: int
    answered: int
    confusions: tuple[Confusion, ...]


def asked(note: AnnotatedRecord) -> tuple[LabelledUnit, ...]:
    """The units of a note that a learner labels, in order."""
    return tuple(unit for unit in note.assessment.units if unit.label in ASKED)


def often_mistaken(note: AnnotatedRecord) -> tuple[OftenMistaken, ...]:
    """The units of a note that readers most often take for something else.

    No learner's answers are kept, so that these are the readings of the model and of the corpus's annotators.

    Parameters
    ----------
    note : AnnotatedRecord

    Returns
    -------
    tuple of OftenMistaken
        At most `MOST_NAMED`, the likeliest to be mistaken first; none where no reader is in doubt.
    """
    found = [
        OftenMistaken(Mark(unit, doubt.taken_for), doubt)
        for unit, doubt in zip(note.assessment.units, note.doubts, strict=True)
        if doubt
    ]
    return tuple(sorted(found, key=lambda unit: -unit.doubt.probability)[:MOST_NAMED])


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
