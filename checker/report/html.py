"""HTML: one self-contained page, with a section a record, that reads well with eyes, keys or ears."""

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import jinja2
import msgspec
from jinja2.environment import TemplateStream
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

PARTS_CSS = "parts.css"
"""The styles of `parts.html`, in the folder of this module."""

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
    stream = page(results, text)
    stream.enable_buffering(64)
    with replacing(path) as draft:
        stream.dump(str(draft), encoding="utf-8")


def page(results: Sequence[Assessment | Unreadable], text: bool = True) -> TemplateStream:
    """The page, piece by piece, for a caller that writes no file.

    Parameters
    ----------
    results, text
        As for `write`.

    Returns
    -------
    jinja2.environment.TemplateStream
        An iterator of str.
    """
    summary = summarise(results)
    return (
        environment()
        .get_template("page.html")
        .stream(
            css=styles(),
            models=summary.models,
            sections=_sections(results, text),
            summary=summary,
            text=text,
        )
    )


def styles(*own: Path) -> Markup:
    """The styles of a self-contained page: those of every page, then its own sheets."""
    sheets = (_HERE / PARTS_CSS, _HERE / "page.css", *own)
    return Markup("\n".join(sheet.read_text(encoding="utf-8").rstrip() for sheet in sheets))


def environment(*folders: Path) -> jinja2.Environment:
    """Where templates find the parts that every page is made of, and the codebook's words for them.

    Parameters
    ----------
    *folders : pathlib.Path
        Folders of templates of one's own; `parts.html` is found beside them.

    Returns
    -------
    jinja2.Environment
        Escapes what it is given, and makes outside text legible.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, _HERE]),
        autoescape=True,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(count=count, day=day, plain=plain)
    environment.globals.update(
        about=about,
        elements=list(Element),
        element_tests=ELEMENT_TESTS,
        flag_tests=FLAG_TESTS,
        label_tests=LABEL_TESTS,
        long=LONG,
        plan_sentences=PLAN_SENTENCES,
        presence=PRESENCE,
        reflection_sentences=REFLECTION_SENTENCES,
    )
    return environment


def _shown(value: object) -> object:
    """Make legible every text that is not the page's own markup."""
    return legible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _sections(results: Sequence[Assessment | Unreadable], text: bool) -> Iterator[Section]:
    for number, result in enumerate(results, start=1):
        if isinstance(result, Assessment):
            yield section(number, result, text)


def section(number: int, assessment: Assessment, text: bool = True) -> Section:
    """What a page shows of one record.

    Parameters
    ----------
    number : int
        Its place among the page's results, from 1.
    assessment : Assessment
    text : bool
        Whether to quote the note.

    Returns
    -------
    Section
    """
    asked = gather(assessment, assessment.findings, text)
    return Section(
        number=number,
        assessment=assessment,
        first=asked[:AT_FIRST],
        further=asked[AT_FIRST:],
        actions=action_rows(assessment, text),
        lines=_lines(assessment.units) if text else [],
    )


def _lines(units: Sequence[LabelledUnit]) -> list[Line]:
    lines: list[Line] = []
    last = None
    for line, inside in groupby(enumerate(units), key=lambda placed: placed[1].line):
        lines.append(Line(tuple(inside), last is not None and line > last + 1))
        last = line
    return lines
