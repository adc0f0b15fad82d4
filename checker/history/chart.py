"""A person's timeline as a small picture: where each note stands, and which actions run through them."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from checker.codebook import ReflectionBand
from checker.history.said import date, times
from checker.history.timeline import NoteRow, Task, Timeline
from checker.report.words import count, plain

_WIDTH, _LEFT, _RIGHT = 640, 96, 600
_TOP, _STEP = 16, 24
_BANDS = [*reversed(ReflectionBand)]
_AXIS = _TOP + _STEP * len(_BANDS)
_MOST_LINES = 8


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A note: where it stands, its label below the axis where there is room, and what it is in words."""

    x: float
    y: float
    is_weak: bool
    label: str
    words: str


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """An action carried over: the x of each note that sets it, its height, and what it is in words."""

    xs: tuple[float, ...]
    y: float
    words: str


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A reflection band and its height."""

    name: str
    y: float


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """What the picture is drawn from; `words` says the same for those who do not see it."""

    width: float
    height: float
    left: float
    right: float
    axis: float
    levels: tuple[Level, ...]
    points: tuple[Point, ...]
    runs: tuple[Run, ...]
    words: str


def chart(timeline: Timeline) -> Chart:
    """Lay out a timeline: notes by date and reflection band, and below the actions carried over most."""
    rows = timeline.notes
    xs = _places([row.date for row in rows])
    runs = timeline.carried_over[:_MOST_LINES]
    x_of = {(row.id, row.date): x for row, x in zip(rows, xs, strict=True)}
    labelled = _labelled(xs)
    return Chart(
        width=_WIDTH,
        height=_AXIS + 30 + 12 * len(runs),
        left=_LEFT,
        right=_RIGHT,
        axis=_AXIS,
        levels=tuple(Level(name=plain(band), y=_TOP + _STEP * place) for place, band in enumerate(_BANDS)),
        points=tuple(
            Point(
                x=x,
                y=_TOP + _STEP * _BANDS.index(row.reflection),
                is_weak=row.weak,
                label=date(row.date) if place in labelled else "",
                words=_note(row),
            )
            for place, (row, x) in enumerate(zip(rows, xs, strict=True))
        ),
        runs=tuple(_run(task, x_of, _AXIS + 32 + 12 * place) for place, task in enumerate(runs)),
        words=_words(timeline),
    )


def _places(days: Sequence[dt.date]) -> list[float]:
    """Where each day stands, left to right, in step with time."""
    room, span = _RIGHT - _LEFT, (days[-1] - days[0]).days
    if not span:
        return [_LEFT + room / 2] * len(days)
    return [round(_LEFT + room * (day - days[0]).days / span, 1) for day in days]


def _labelled(xs: Sequence[float]) -> set[int]:
    """Which places have room for their date: the last, and every other that is far enough from its neighbours."""
    kept: list[int] = [len(xs) - 1]
    for place, x in enumerate(xs[:-1]):
        if xs[-1] - x >= 70 and all(x - xs[other] >= 70 for other in kept[1:]):
            kept.append(place)
    return set(kept)


def _run(task: Task, x_of: dict[tuple[str, dt.date], float], y: float) -> Run:
    words = f"carried over {times(task.times)} since {date(task.since)}"
    return Run(xs=tuple(x_of[quote.note, quote.date] for quote in task.quotes), y=y, words=words)


def _note(row: NoteRow) -> str:
    weak = ", weak" if row.weak else ""
    return f"{date(row.date)}: {plain(row.reflection)}{weak}, {row.pasted:.0%} copied"


def _words(timeline: Timeline) -> str:
    notes = "; ".join(map(_note, timeline.notes))
    carried = count(len(timeline.carried_over), "action")
    return f"Reflection by note. {notes}. {carried} carried over."
