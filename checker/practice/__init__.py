"""Practice in reflective writing: annotated pairs of records, and notes to try one's eye on.

A pair is a weak and a good record of the same case, every unit with its label and a note in the margin. An
exercise is a note whose units a learner labels. Both lie beside this file: `pairs/`, one file a pair, and
`exercises.jsonl`, written by ``python -m training.practice_notes``. Both are synthetic, written by a language
model and labelled by it with the codebook; no practitioner has checked the labels yet. `marking` marks a
learner's answers; `terminal` and `handout` show things.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import UNSET

from checker.codebook import ActionKind, Element, Flag, Label, RecordType, action_band
from checker.judge import judge
from checker.record import Action, Assessment, BandTemperatures, LabelledUnit, Labelling, Model, Record

_HERE = Path(__file__).parent
_LABELLED = Model("labelled with the codebook", "", "")

Grade = Annotated[int, msgspec.Meta(ge=0, le=2)]


class BadPractice(ValueError):
    """A file of practice material breaks its own form; the message says where and how."""


class Service(StrEnum):
    """Whose records a pair is about."""

    CHILDREN = "children"
    ADULTS = "adults"


class Difficulty(StrEnum):
    """How hard a note's units are to tell apart, by `training.practice_notes`."""

    EASIER = "easier"
    MIDDLING = "middling"
    HARDER = "harder"


class Doubt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What readers often take a unit for, instead of its label.

    Attributes
    ----------
    taken_for : Label
    probability : float
        What the model gives that label when it reads this note, from 0 to 1.
    annotators : int
        On how many units of other notes two annotators split between the two labels.
    """

    taken_for: Label
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)]
    annotators: Annotated[int, msgspec.Meta(ge=0)] = 0


class Row(msgspec.Struct, frozen=True):
    """A unit with its note in the margin, and whether empty lines stand before it."""

    unit: LabelledUnit
    note: str
    after_gap: bool


class AnnotatedRecord(msgspec.Struct, frozen=True):
    """A record with a label on every unit, given with the codebook.

    Attributes
    ----------
    text : str
    assessment : Assessment
        What the codebook's rules make of the labels, each taken as certain; its units point into `text`.
    notes : tuple of str
        One a unit: what a teacher would write in the margin, or nothing.
    doubts : tuple of Doubt or None
        One a unit: what it is often taken for, where it is.
    lesson : str
        What the record shows as a whole, or nothing.
    """

    text: str
    assessment: Assessment
    notes: tuple[str, ...]
    doubts: tuple[Doubt | None, ...]
    lesson: str

    @property
    def rows(self) -> Iterator[Row]:
        """The record from top to bottom."""
        last = 0
        for unit, note in zip(self.assessment.units, self.notes, strict=True):
            yield Row(unit, note, unit.line > last + 1)
            last = unit.line


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A weak and a good record of one case."""

    name: str
    title: str
    service: Service
    case: str
    weak: AnnotatedRecord
    good: AnnotatedRecord


class Exercise(msgspec.Struct, frozen=True, kw_only=True):
    """A note to label; `record` is its id in the corpus."""

    name: str
    record: str
    difficulty: Difficulty
    service: str
    note: AnnotatedRecord


class WrittenAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action as it stands in a file."""

    what: Grade
    who: Grade
    when: Grade
    why: Grade
    check: Grade
    if_not: Grade
    kind: ActionKind


class WrittenUnit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A unit as it stands in a file: its own words, from which its span is found."""

    text: str
    label: Label
    flags: tuple[Flag, ...] = ()
    action: WrittenAction | None = None
    note: str = ""
    doubt: Doubt | None = None


class WrittenRecord(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A record as it stands in a file."""

    text: str
    units: tuple[WrittenUnit, ...]
    record_type: RecordType = RecordType.CASE
    lesson: str = ""


class WrittenPair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pair as it stands in a file, which bears its name."""

    title: str
    service: Service
    case: str
    weak: WrittenRecord
    good: WrittenRecord


class WrittenExercise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exercise as it stands on a line."""

    name: str
    record: str
    difficulty: Difficulty
    service: str
    note: WrittenRecord


@cache
def pairs() -> tuple[Pair, ...]:
    """The twelve pairs: children's, then adults'."""
    read = [_pair(path) for path in sorted((_HERE / "pairs").glob("*.toml"))]
    return tuple(sorted(read, key=lambda pair: list(Service).index(pair.service)))


@cache
def exercises() -> tuple[Exercise, ...]:
    """The thirty notes to label, from easier to harder."""
    lines = (_HERE / "exercises.jsonl").read_bytes().splitlines()
    return tuple(_exercise(number, line) for number, line in enumerate(lines, start=1))


def called(name: str) -> Pair | Exercise:
    """The pair or exercise of this name.

    Raises
    ------
    ValueError
        Nothing is called so; the message names the closest that there is.

    Examples
    --------
    >>> called("thursdays").title
    'Missing on Thursday nights'
    """
    known = {found.name: found for found in (*pairs(), *exercises())}
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean “{close[0]}”?" if close else "`checker practice` lists them all."
    raise ValueError(f"There is no practice called “{name}”; {hint}")


def annotated(written: WrittenRecord, name: str) -> AnnotatedRecord:
    """A record with its units' spans found and the codebook's rules applied to its labels.

    Parameters
    ----------
    written : WrittenRecord
    name : str
        What the assessment calls the record.

    Returns
    -------
    AnnotatedRecord

    Raises
    ------
    BadPractice
        The units do not cover the text word for word in its order, or an action stands on a unit that is
        not one, or is missing from one that is.
    """
    units = tuple(_units(written, name))
    record = Record(text=written.text, id=name, source=name, record_type=written.record_type)
    assessment = judge(record, _certain(units), _LABELLED, BandTemperatures())
    return AnnotatedRecord(
        written.text,
        assessment,
        tuple(unit.note for unit in written.units),
        tuple(unit.doubt for unit in written.units),
        written.lesson,
    )


def _pair(path: Path) -> Pair:
    name = path.stem
    try:
        written = msgspec.toml.decode(path.read_bytes(), type=WrittenPair)
    except ValueError as error:
        raise BadPractice(f"{path.name}: {error}.") from error
    return Pair(
        name=name,
        title=written.title,
        service=written.service,
        case=written.case,
        weak=annotated(written.weak, f"{name}, weak"),
        good=annotated(written.good, f"{name}, good"),
    )


def _exercise(number: int, line: bytes) -> Exercise:
    try:
        written = msgspec.json.decode(line, type=WrittenExercise)
    except ValueError as error:
        raise BadPractice(f"exercises.jsonl, line {number}: {error}.") from error
    return Exercise(
        name=written.name,
        record=written.record,
        difficulty=written.difficulty,
        service=written.service,
        note=annotated(written.note, written.name),
    )


def _units(written: WrittenRecord, name: str) -> Iterator[LabelledUnit]:
    text, at = written.text, 0
    breaks = list(accumulate(map(len, text.splitlines(keepends=True))))
    for unit in written.units:
        start = text.find(unit.text, at)
        if start < 0 or re.search(r"\w", text[at:start]):
            raise BadPractice(f"{name}: “{unit.text}” is not what the text says next.")
        if (unit.label is Label.ACTION) != (unit.action is not None):
            raise BadPractice(f"{name}: “{unit.text}” is labelled {unit.label}; elements belong to actions.")
        at = start + len(unit.text)
        yield LabelledUnit(
            start=start,
            end=at,
            text=unit.text,
            line=sum(end <= start for end in breaks),
            label=unit.label,
            probability=1.0,
            flags=unit.flags,
            action=_action(unit.action) if unit.action else UNSET,
        )
    if re.search(r"\w", text[at:]):
        raise BadPractice(f"{name}: the text goes on after its last unit.")


def _action(written: WrittenAction) -> Action:
    said = msgspec.structs.asdict(written)
    return Action(**said, band=action_band(said))


def _certain(units: tuple[LabelledUnit, ...]) -> Labelling:
    """The units with the probabilities of somebody who is sure."""
    n = len(units)
    label = [[unit.label is label for label in Label] for unit in units]
    flag = [[flag in unit.flags for flag in Flag] for unit in units]
    grades = [list(unit.action.elements.values()) if unit.action else [0] * len(Element) for unit in units]
    return Labelling(
        units=units,
        label=np.array(label, float).reshape(n, len(Label)),
        flag=np.array(flag, float).reshape(n, len(Flag)),
        element=np.eye(3)[np.array(grades, int).reshape(n, len(Element))],
    )
