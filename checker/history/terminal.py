"""The terminal: a person's notes in a table, and what shows across them."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from checker.history import History
from checker.history.said import Heading, date, said
from checker.history.timeline import NoteRow, Timeline
from checker.report.about import DOES_NOT, named
from checker.report.words import count, legible, plain

AT_A_GLANCE = 10
"""People on a screen, those first of whom there is most to say, and notes on no timeline; piped, all are printed."""


def show(history: History, timelines: Sequence[Timeline], console: Console, text: bool = True) -> None:
    """Print timelines.

    Parameters
    ----------
    history : History
        For what stands on no timeline.
    timelines : sequence of Timeline
    console : rich.console.Console
    text : bool
        Whether to quote the notes.
    """
    found = [(timeline, said(timeline, text)) for timeline in timelines]
    found.sort(key=lambda pair: -sum(len(heading.things) for heading in pair[1]))
    shown = found[: AT_A_GLANCE if console.is_terminal else None]
    for timeline, headings in shown:
        _print_person(timeline, headings, console)
    if rest := len(found) - len(shown):
        console.print(
            Text(f"and {rest:,} more people: --person shows one, and every other format shows them all")
        )
    if history.apart:
        _section(f"On no timeline: {count(len(history.apart), 'note')}", console)
        _print_apart(history, console)
    if history.unreadable:
        _section(f"Could not be read: {len(history.unreadable):,}", console)
        for result in history.unreadable:
            console.print(Text(legible(result.error.message)))
    console.print()
    for line in [*DOES_NOT, *map(named, history.models)]:
        console.print(Text(line, style="dim"))


def _print_person(timeline: Timeline, headings: Iterable[Heading], console: Console) -> None:
    _section(f"{legible(timeline.person)}: {count(len(timeline.notes), 'note')}", console)
    console.print(_notes(timeline.notes))
    for heading in headings:
        console.print(Text(f"\n{heading.title}", style="bold"))
        for thing in heading.things:
            console.print(Padding(Text(legible(thing.sentence)), (0, 0, 0, 1)))
            for quote in thing.quotes:
                words = f"“{quote.words}” " if quote.words else ""
                where = f"({date(quote.date)}, line {quote.line})"
                console.print(Padding(Text.assemble(words, (where, "dim")), (0, 0, 0, 4)))


def _print_apart(history: History, console: Console) -> None:
    """The notes on no timeline under each reason, which a whole export may share."""
    for reason, alike in groupby(sorted(history.apart, key=lambda apart: apart.reason), lambda a: a.reason):
        notes = list(alike)
        console.print(Text(reason))
        shown = notes[: AT_A_GLANCE if console.is_terminal else None]
        for apart in shown:
            console.print(Padding(Text(f"{legible(apart.id)} ({legible(apart.source)})"), (0, 0, 0, 4)))
        if rest := len(notes) - len(shown):
            console.print(Padding(Text(f"and {rest:,} more"), (0, 0, 0, 4)))


def _notes(rows: Iterable[NoteRow]) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title in ("Date", "Record", "Weak", "Reflection", "Plan", "Copied"):
        table.add_column(title)
    for row in rows:
        table.add_row(
            date(row.date),
            Text(legible(row.id), overflow="fold"),
            Text("weak", style="bold") if row.weak else "no",
            plain(row.reflection),
            plain(row.plan),
            f"{row.pasted:.0%}",
        )
    return table


def _section(title: str, console: Console) -> None:
    console.print()
    console.print(Rule(Text(title, style="bold"), align="left", style="dim"))
