"""How long a note may be: one that nobody writes would keep everyone waiting."""

from checker.record import Failure, Record, Unreadable
from checker.segment import segment

LONGEST_NOTE = 100_000
"""Characters of one note: far more than anybody writes."""

MOST_UNITS = 3_000
"""Sentences, bullets and rows of one note."""


def bounded(found: Record | Unreadable) -> Record | Unreadable:
    """The record, or why it is too long to check here.

    Parameters
    ----------
    found : Record or Unreadable
        What a reader found; what it could not read passes through.

    Returns
    -------
    Record or Unreadable
    """
    if isinstance(found, Unreadable):
        return found
    if len(found.text) <= LONGEST_NOTE and len(segment(found.text)) <= MOST_UNITS:
        return found
    message = (
        f"{found.source} is too long for one note (over {LONGEST_NOTE:,} characters or {MOST_UNITS:,} lines); "
        "send the note alone."
    )
    return Unreadable(source=found.source, error=Failure(kind="too_large", message=message))
