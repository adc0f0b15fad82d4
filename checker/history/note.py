"""A note as history keeps it: what thousands of notes must have in memory together, and no more."""

import datetime as dt
import re

import msgspec

from checker.codebook import Flag, Label, PlanBand, RecordType, ReflectionBand, is_weak
from checker.due import due_dates
from checker.judge import band_reflection
from checker.record import Assessment
from checker.rules.rule import actions

HEADING_LINES = 5
"""Among so many first units a note names whom it is about."""

_NAME = r"(?P<name>[A-Z][\w’'-]*[a-zà-ÿ][\w’'-]*)"
_TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Mx)\.?\s+)?"
_NAMED_WITH_AGE = re.compile(
    rf"^\W*(?:[\w’' ]{{2,30}}:\s*)?{_TITLE}{_NAME}(?:\s+[A-Z][\w’'-]*)*\s*(?:\(\d{{1,3}}\)|,\s*(?:aged?\s+|now\s+|turned\s+)?\d{{1,3}}\b(?!\s*[/.:]))"
)
_NAMED_BY_HEADING = re.compile(
    rf"^\W*(?i:person|child|young person|adult|service user|client|name)\s*:\s*{_TITLE}{_NAME}\s+[A-Z]"
)


class Line(msgspec.Struct, frozen=True):
    """One unit of a note; `line` counts the lines of its text from 1."""

    text: str
    line: int
    label: Label
    flags: tuple[Flag, ...]


class SetAction(msgspec.Struct, frozen=True):
    """An action that a note sets: its unit, counted from 0, and when it is due."""

    place: int
    due: dt.date | None


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One dated note of a person.

    Attributes
    ----------
    id, source, record_type, date, recorded, service
        As in `checker.record.Assessment`.
    read : int
        Its place among the inputs, from 1.
    lines : tuple of Line
        Every unit.
    actions : tuple of SetAction
    reflection, plan, weak
        What the note deserves by itself.
    about : str, optional
        The first name of the person in the note's own heading, where it stands plainly.
    heading : int, optional
        The unit, counted from 0, that names the person so.
    """

    id: str
    source: str
    record_type: RecordType
    date: dt.date
    recorded: dt.date | None
    service: str | None
    read: int
    lines: tuple[Line, ...]
    actions: tuple[SetAction, ...]
    reflection: ReflectionBand
    plan: PlanBand
    weak: bool
    about: str | None
    heading: int | None

    @property
    def is_supervision(self) -> bool:
        """Whether it records a whole supervision, and not a decision between two."""
        return self.record_type is not RecordType.MANAGEMENT_OVERSIGHT

    @property
    def order(self) -> tuple[dt.date, dt.date, int]:
        """By the supervision's day, then the day of writing, then the place among the inputs."""
        return (self.date, self.recorded or self.date, self.read)

    def has(self, flag: Flag) -> bool:
        """Whether any unit carries this flag."""
        return any(flag in line.flags for line in self.lines)

    def has_label(self, label: Label) -> bool:
        """Whether any unit has this label."""
        return any(line.label is label for line in self.lines)

    def banded(self, pasted: float) -> tuple[ReflectionBand, bool]:
        """The reflection band, and whether the note is weak, now that its pasted share is known."""
        band = band_reflection(self.lines, pasted)
        if band is self.reflection:
            return self.reflection, self.weak
        decisions = [line.flags for line in self.lines if line.label is Label.DECISION]
        return band, is_weak(self.record_type, band, self.plan, decisions)


def note(assessment: Assessment, read: int) -> Note:
    """Reduce an assessment, which must have a date, to what history needs.

    Parameters
    ----------
    assessment : Assessment
    read : int
        Its place among the inputs, from 1.

    Returns
    -------
    Note
    """
    days = due_dates(assessment.units, assessment.date)
    about, heading = _about(assessment)
    first = {id(unit) for unit, _ in actions(assessment)}
    return Note(
        id=assessment.id,
        source=assessment.source,
        record_type=assessment.record_type,
        date=assessment.date,
        recorded=assessment.recorded,
        service=assessment.service,
        read=read,
        lines=tuple(Line(unit.text, unit.line + 1, unit.label, unit.flags) for unit in assessment.units),
        actions=tuple(
            SetAction(place, days[place]) for place, unit in enumerate(assessment.units) if id(unit) in first
        ),
        reflection=assessment.reflection.band,
        plan=assessment.plan.band,
        weak=assessment.weak,
        about=about,
        heading=heading,
    )


def _about(assessment: Assessment) -> tuple[str, int] | tuple[None, None]:
    """The first name in the heading, and the unit that it stands in."""
    for place, unit in enumerate(assessment.units[:HEADING_LINES]):
        if named := _NAMED_WITH_AGE.match(unit.text) or _NAMED_BY_HEADING.match(unit.text):
            return named["name"], place
    return None, None
