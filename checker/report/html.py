"""HTML: one self-contained page, with a section a record, that reads well with eyes, keys or ears."""

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import jinja2
import msgspec
from markupsafe import Markup

from checker.codebook import (
    ELEMENT_TESTS,
    FLAG_TESTS,
    LABEL_TESTS,
    PLAN_SENTENCES,
    REFLECTION_SENTENCES,
    Element,
)
from checker.record import Assessment, LabelledUnit, Unreadable
from checker.report import about
from checker.report.action_table import PRESENCE, ActionRow, action_rows
from checker.report.questions import AT_FIRST, Question, gather
from checker.report.summary import summarise
from checker.report.whole_file import replacing
from checker.report.words import count, day, legible, plain

LONG = 60
"""From this many units on, a note is folded away until asked for."""

_HERE = Path(__file__).parent


class Line(msgspec.Struct, frozen=True):
    """One line of a note: its units with their positions, and whether empty lines stand before it."""

    units: tuple[tuple[int, LabelledUnit], ...]
    after_gap: bool


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows of one record; `number` counts the results from 1 in input order."""

    number: int
    assessment: Assessment
    first: list[Question]
    further: list[Question]
    actions: list[ActionRow]
    lines: list[Line]


def write(
    results: Sequence[Assessment | Unreadable], path: str | os.PathLike[str], text: bool = True
) -> None:
    """Write the page, holding a light row a record in memory and no more.

    Parameters
    ----------
    results : sequence of Assessment or Unreadable
        In input order; iterated twice.
    path : path-like
        Replaced only once the page is complete.
    text : bool
        Whether to quote the note; if not, the shaded notes are left out.

    Raises
    ------
    OSError
        If the page cannot be written there.
    """
    stream = (
        _environment()
        .get_template("page.html")
        .stream(
            about=about,
            css=Markup((_HERE / "page.css").read_text(encoding="utf-8")),
            elements=list(Element),
            element_tests=ELEMENT_TESTS,
            flag_tests=FLAG_TESTS,
            label_tests=LABEL_TESTS,
            long=LONG,
            plan_sentences=PLAN_SENTENCES,
            presence=PRESENCE,
            reflection_sentences=REFLECTION_SENTENCES,
            sections=_sections(results, text),
            summary=summarise(results),
            text=text,
        )
    )
    stream.enable_buffering(64)
    with replacing(path) as draft:
        stream.dump(str(draft), encoding="utf-8")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(count=count, day=day, plain=plain)
    return environment


def _shown(value: object) -> object:
    """Make legible every text that is not the page's own markup."""
    return legible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _sections(results: Sequence[Assessment | Unreadable], text: bool) -> Iterator[Section]:
    for number, result in enumerate(results, start=1):
        if isinstance(result, Assessment):
            asked = gather(result, result.findings, text)
            yield Section(
                number=number,
                assessment=result,
                first=asked[:AT_FIRST],
                further=asked[AT_FIRST:],
                actions=action_rows(result, text),
                lines=_lines(result.units) if text else [],
            )


def _lines(units: Sequence[LabelledUnit]) -> list[Line]:
    lines: list[Line] = []
    last = None
    for line, inside in groupby(enumerate(units), key=lambda placed: placed[1].line):
        lines.append(Line(tuple(inside), last is not None and line > last + 1))
        last = line
    return lines
