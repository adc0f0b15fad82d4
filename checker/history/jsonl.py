"""JSON lines: a timeline a person, then what stands on none."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from checker.codebook import SCHEMA_VERSION
from checker.history import History
from checker.history.timeline import LeftBehind, Quote, Timeline
from checker.report.jsonl import encoded


def lines(history: History, timelines: Iterable[Timeline], text: bool = True) -> Iterator[bytes]:
    """One object a line, in UTF-8, its line feed included.

    Parameters
    ----------
    history : History
        For what stands on no timeline.
    timelines : iterable of Timeline
    text : bool
        Where false, the words of every quotation, and names left behind, are the empty string.

    Yields
    ------
    bytes
        A `Timeline` with ``"schema"``; then ``{"apart": …}`` for each note on no timeline, and each input
        that could not be read as `checker check` writes it.
    """
    for timeline in timelines:
        found = timeline if text else _without_words(timeline)
        yield encoded({"schema": SCHEMA_VERSION} | msgspec.structs.asdict(found))
    for apart in history.apart:
        yield encoded({"schema": SCHEMA_VERSION, "apart": apart})
    for unreadable in history.unreadable:
        yield encoded(unreadable)


def _without_words(value: Any) -> Any:
    """The same value with empty quotations, however deep they stand."""
    if isinstance(value, Quote):
        return msgspec.structs.replace(value, words="")
    if isinstance(value, tuple):
        return tuple(map(_without_words, value))
    if isinstance(value, LeftBehind):
        return msgspec.structs.replace(value, quote=_without_words(value.quote), wrong="")
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(
            value, **{name: _without_words(getattr(value, name)) for name in value.__struct_fields__}
        )
    return value
