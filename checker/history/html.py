"""HTML: one self-contained page, with a section and a small chart a person."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from checker.history import History
from checker.history.chart import Chart, chart
from checker.history.said import Heading, date, said
from checker.history.timeline import Timeline
from checker.report import html as page
from checker.report.whole_file import replacing

_HERE = Path(__file__).parent


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows of one person; `number` counts from 1."""

    number: int
    timeline: Timeline
    headings: list[Heading]
    chart: Chart


def write(
    history: History,
    timelines: Sequence[Timeline],
    path: str | os.PathLike[str],
    text: bool = True,
) -> None:
    """Write the page.

    Parameters
    ----------
    history : History
        For what stands on no timeline.
    timelines : sequence of Timeline
    path : path-like
        Replaced only once the page is complete.
    text : bool
        Whether to quote the notes.

    Raises
    ------
    OSError
        If the page cannot be written there.
    """
    environment = page.environment(_HERE)
    environment.filters["date"] = date
    stream = environment.get_template("timelines.html").stream(
        css=page.styles(_HERE / "timelines.css"),
        history=history,
        models=history.models,
        timelines=timelines,
        people=_people(timelines, text),
    )
    stream.enable_buffering(64)
    with replacing(path) as draft:
        stream.dump(str(draft), encoding="utf-8")


def _people(timelines: Sequence[Timeline], text: bool) -> Iterator[Person]:
    for number, timeline in enumerate(timelines, start=1):
        yield Person(number=number, timeline=timeline, headings=said(timeline, text), chart=chart(timeline))
