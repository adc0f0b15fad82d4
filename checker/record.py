"""The types that flow through the house, from a file read to an assessment written.

All are frozen `msgspec` structs: plain data that turns into the JSON contract and back without loss.
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from checker.codebook import (
    SCHEMA_VERSION,
    ActionBand,
    ActionKind,
    Element,
    Flag,
    Label,
    PlanBand,
    RecordType,
    ReflectionBand,
)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One supervision record as read.

    Attributes
    ----------
    text : str
        The record's own text; every span points into it.
    id, source : str
        The record's id (a file's stem, or a table's id column) and where it was read.
    record_type : RecordType
    date, recorded : datetime.date, optional
        The day of the supervision, and the day it was written up.
    person, worker, supervisor, team, service : str, optional
        What the table says of the record; never shown but where asked for.
    warnings : tuple of str
        What the reader noticed and did not mend, such as a cell cut short by Excel.
    """

    text: str
    id: str
    source: str
    record_type: RecordType = RecordType.CASE
    date: dt.date | None = None
    recorded: dt.date | None = None
    person: str | None = None
    worker: str | None = None
    supervisor: str | None = None
    team: str | None = None
    service: str | None = None
    warnings: tuple[str, ...] = ()


class Unit(msgspec.Struct, frozen=True):
    """A sentence, a bullet or a row of an action table (codebook 1).

    Attributes
    ----------
    start, end : int
        Span in the record's text, in code points, end exclusive.
    text : str
        ``record.text[start:end]``.
    line : int
        The line of the record's text, from 0, that the unit stands on.
    """

    start: int
    end: int
    text: str
    line: int


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What an action says: six elements of 0, 1 or 2, its band and its kind (codebook 4)."""

    what: int
    who: int
    when: int
    why: int
    check: int
    if_not: int
    band: ActionBand
    kind: ActionKind

    @property
    def elements(self) -> dict[Element, int]:
        """The six scores by element."""
        return {element: getattr(self, element) for element in Element}

    @property
    def is_specific(self) -> bool:
        """Whether the action counts as specific in the plan band."""
        return self.band in (ActionBand.SPECIFIC, ActionBand.PURPOSEFUL)


class LabelledUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit with what the model says of it.

    Attributes
    ----------
    start, end, text, line
        As in `Unit`.
    label : Label
    probability : float
        The calibrated probability of `label`.
    flags : tuple of Flag
    action : Action
        Present only on units labelled `action`.
    """

    start: int
    end: int
    text: str
    line: int
    label: Label
    probability: float
    flags: tuple[Flag, ...] = ()
    action: Action | UnsetType = UNSET


class Severity(StrEnum):
    """How much a finding weighs: an `error` makes or shows why a record is weak."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's question about a span of the record.

    A finding about the whole record has ``start == end == 0``.
    """

    rule: str
    question: str
    start: int
    end: int
    severity: Severity


class Model(msgspec.Struct, frozen=True):
    """Which model spoke: its name, version and the SHA-256 of its network."""

    name: str
    version: str
    sha256: str


class Reflection(msgspec.Struct, frozen=True, kw_only=True):
    """The reflection band, its probabilities, and each label's share of the words (not `admin`)."""

    band: ReflectionBand
    probabilities: Mapping[ReflectionBand, float]
    share: Mapping[Label, float]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The plan band, its probabilities, and how many of the actions are specific."""

    band: PlanBand
    probabilities: Mapping[PlanBand, float]
    actions: int
    specific: int


class Assessment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the checker says of one record: the JSON contract, one object a line."""

    schema: int = msgspec.field(default_factory=lambda: SCHEMA_VERSION)
    id: str
    source: str
    record_type: RecordType
    model: Model
    reflection: Reflection
    plan: Plan
    weak: bool
    weak_probability: float
    units: tuple[LabelledUnit, ...]
    findings: tuple[Finding, ...]
    date: dt.date | None = None
    recorded: dt.date | None = None
    person: str | None = None
    worker: str | None = None
    supervisor: str | None = None
    team: str | None = None
    service: str | None = None
    warnings: tuple[str, ...] = ()


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why an input could not be read: a short kind and one sentence saying what to do."""

    kind: str
    message: str


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """The line written in an assessment's place for an input that could not be read."""

    schema: int = msgspec.field(default_factory=lambda: SCHEMA_VERSION)
    source: str
    error: Failure


class Temperatures(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a band's probabilities honest; below 1 sharpens, above 1 flattens.

    Attributes
    ----------
    units : float
        Of each unit's probabilities, before the units are drawn. Many small doubts add up to a false
        one about the record when units are drawn as if they did not depend on each other.
    band : float
        Of the band's own probabilities, afterwards.
    """

    units: float = 1.0
    band: float = 1.0


class BandTemperatures(msgspec.Struct, frozen=True, kw_only=True):
    """The temperatures of each band's probabilities, fitted on development records."""

    reflection: Temperatures = Temperatures()
    plan: Temperatures = Temperatures()
    weak: Temperatures = Temperatures()


class Labelling(msgspec.Struct, frozen=True):
    """The units of one record with every probability behind their labels.

    Attributes
    ----------
    units : tuple of LabelledUnit
        ``n`` units.
    label : numpy.ndarray, shape (n, 8)
        Calibrated probability of each `Label`.
    flag : numpy.ndarray, shape (n, 6)
        Calibrated probability of each `Flag`.
    element : numpy.ndarray, shape (n, 6, 3)
        Calibrated probability of the scores 0, 1 and 2 of each `Element`, as if an action.
    """

    units: tuple[LabelledUnit, ...]
    label: Any
    flag: Any
    element: Any
