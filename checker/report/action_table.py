"""The action table: what each action says of what, who, when, why, check and if not, in words."""

import datetime as dt
from collections.abc import Mapping

import msgspec

from checker.codebook import ActionBand, ActionKind, Element
from checker.due import due_dates
from checker.record import Assessment
from checker.report.words import legible, plain

PRESENCE = ("missing", "partly", "present")
"""What a score of 0, 1 and 2 is called (codebook 4)."""


class ActionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One action.

    Attributes
    ----------
    number : int
        Its place among the record's actions, from 1.
    unit : int
        Its position in the assessment's units, from 0.
    line : int
        The line of the record's text, from 1.
    words : str
        Its own words; in a report without text, where it stands.
    band : ActionBand
    kind : ActionKind
    presence : mapping of Element to str
        ``missing``, ``partly`` or ``present`` for each element.
    due : datetime.date, optional
        The day that its deadline means, where that is beyond doubt.
    """

    number: int
    unit: int
    line: int
    words: str
    band: ActionBand
    kind: ActionKind
    presence: Mapping[Element, str]
    due: dt.date | None

    def named(self, presence: str) -> str:
        """The elements that are `presence`, in a list for reading: ``"who, when"``, or a dash."""
        return ", ".join(plain(e) for e, here in self.presence.items() if here == presence) or "–"


def action_rows(assessment: Assessment, text: bool) -> list[ActionRow]:
    """A row for each unit labelled `action`, in the order of the note.

    Parameters
    ----------
    assessment : Assessment
    text : bool
        Whether to quote the note.

    Returns
    -------
    list of ActionRow
    """
    days = due_dates(assessment.units, assessment.date)
    units = [(place, unit) for place, unit in enumerate(assessment.units) if unit.action]
    return [
        ActionRow(
            number=number,
            unit=place,
            line=unit.line + 1,
            words=legible(unit.text) if text else f"Action {number}, line {unit.line + 1}",
            band=unit.action.band,
            kind=unit.action.kind,
            presence={element: PRESENCE[score] for element, score in unit.action.elements.items()},
            due=days[place],
        )
        for number, (place, unit) in enumerate(units, start=1)
    ]
