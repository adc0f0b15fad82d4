"""What shows only over several notes: gaps, late records, what is missing three times running."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise

import numpy as np

from checker.codebook import Flag, Label, RecordType, ReflectionBand
from checker.history.note import Note
from checker.history.timeline import Gap, LateRecord, Missing, NoteRow, Silence
from checker.settings import Policy

RUNNING = 3
"""Notes running from which a silence counts."""

_LEVEL = {
    band: level
    for level, band in enumerate(b for b in ReflectionBand if b is not ReflectionBand.NOT_SCORABLE)
}
_ENOUGH = _LEVEL[ReflectionBand.EXPLORING]


def gaps(notes: Sequence[Note], policy: Policy) -> Iterator[Gap]:
    """Longer times between whole supervisions than the policy of the later one's service asks."""
    held = [note for note in notes if note.is_supervision]
    for earlier, later in pairwise(held):
        most = policy.for_service(later.service).weeks_between
        days = (later.date - earlier.date).days
        if days > 7 * most:
            yield Gap(since=earlier.date, until=later.date, weeks=round(days / 7, 1), most=most)


def late_records(notes: Sequence[Note], policy: Policy) -> Iterator[LateRecord]:
    """Notes recorded later than the policy asks."""
    for note in notes:
        most = policy.for_service(note.service).days_to_record
        if note.recorded and note.recorded > note.date:
            days = working_days(note.date, note.recorded)
            if days > most:
                yield LateRecord(note=note.id, date=note.date, recorded=note.recorded, days=days, most=most)


def working_days(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and with `end`; bank holidays are not known.

    Examples
    --------
    >>> working_days(dt.date(2025, 3, 14), dt.date(2025, 3, 17))  # from a Friday to a Monday
    1
    """
    return int(np.busday_count(np.datetime64(start) + 1, np.datetime64(end) + 1))


def silences(notes: Sequence[Note], rows: Sequence[NoteRow]) -> Iterator[Silence]:
    """What is missing from three supervisions running or more, or does not move.

    The person's voice and what matters to the person are asked of records about people, not of a
    worker's own supervision. Reflection is flat where it stays at one band below `exploring`, the target
    for a routine note, and falling where it ends lower than it began and never rises; notes that are
    not scorable are passed over.

    Parameters
    ----------
    notes : sequence of Note
        In date order.
    rows : sequence of NoteRow
        The same notes, with their bands as the pasted share leaves them.
    """
    held = [(note, row) for note, row in zip(notes, rows, strict=True) if note.is_supervision]
    about_people = [pair for pair in held if pair[0].record_type is not RecordType.PERSONAL]
    yield from _missing(Missing.VOICE, about_people, lambda note: not note.has(Flag.VOICE))
    yield from _missing(Missing.MATTERS, about_people, lambda note: not note.has(Flag.MATTERS))
    yield from _missing(Missing.DECISION, held, lambda note: not note.has_label(Label.DECISION))
    levels = [(note.date, _LEVEL[row.reflection]) for note, row in held if row.reflection in _LEVEL]
    for flat, run in groupby(levels, key=lambda dated: dated[1]):
        dates = tuple(date for date, _ in run)
        if len(dates) >= RUNNING and flat < _ENOUGH:
            yield Silence(missing=Missing.FLAT, dates=dates, goes_on=dates[-1] == levels[-1][0])
    falls = levels[-RUNNING:]
    heights = [level for _, level in falls]
    if len(falls) == RUNNING and heights[-1] < heights[0] and heights == sorted(heights, reverse=True):
        yield Silence(missing=Missing.FALLING, dates=tuple(date for date, _ in falls), goes_on=True)


def _missing(
    what: Missing, held: Sequence[tuple[Note, NoteRow]], is_missing: Callable[[Note], bool]
) -> Iterator[Silence]:
    for silent, run in groupby((note for note, _ in held), key=is_missing):
        dates = tuple(note.date for note in run)
        if silent and len(dates) >= RUNNING:
            yield Silence(missing=what, dates=dates, goes_on=dates[-1] == held[-1][0].date)
