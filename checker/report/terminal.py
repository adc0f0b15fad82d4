"""The terminal: one record with its questions, or many in a table."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from checker.codebook import PLAN_SENTENCES, REFLECTION_SENTENCES, Label
from checker.record import Assessment, Finding, LabelledUnit, Model, Unreadable
from checker.report.about import DOES_NOT, WEAK, named
from checker.report.action_table import action_rows
from checker.report.questions import Question, gather
from checker.report.summary import Summary, summarise
from checker.report.words import count, day, legible, plain

AT_A_GLANCE = 50
"""Rows of the table of many on a screen, where the worst would scroll away; piped, all are printed."""

# Dark words on pale grounds: legible on a dark terminal as on a light one.
_SHADES = {
    Label.ADMIN: "dim",
    Label.FACT: "black on #e4e8ec",
    Label.JUDGEMENT: "black on #fbe3b8",
    Label.REASONED: "black on #cfe8cf",
    Label.EXPLORATORY: "black on #c9e1f8",
    Label.CRITICAL: "black on #e3cff0",
    Label.DECISION: "black on #ffffff",
    Label.ACTION: "black on #c4ebe6",
}


def one(
    assessment: Assessment,
    questions: Sequence[Finding],
    console: Console,
    all: bool = False,
    text: bool = True,
) -> None:
    """Print one record: its bands, actions, questions, and the note with its units shaded by kind.

    Parameters
    ----------
    assessment : Assessment
    questions : sequence of Finding
        The findings to ask first, most telling first.
    console : rich.console.Console
    all : bool
        Whether to ask the remaining questions too.
    text : bool
        Whether to quote the note; if not, the note itself is left out.
    """
    console.print(_heading(assessment))
    console.print(_bands(assessment))
    for warning in assessment.warnings:
        console.print(Text(f"Note: {legible(warning)}"))
    _print_actions(assessment, console, text)
    _print_questions(assessment, questions, console, all, text)
    if text:
        _section("The note", console)
        for paragraph in _paragraphs(assessment.units):
            console.print(paragraph)
    _print_about([assessment.model], console)


def many(results: Iterable[Assessment | Unreadable], console: Console) -> None:
    """Print the records worst first, and a summary; nothing here quotes a note.

    Parameters
    ----------
    results : iterable of Assessment or Unreadable
        In input order; iterated once.
    console : rich.console.Console
    """
    summary = summarise(results)
    shown = summary.worst_first[: AT_A_GLANCE if console.is_terminal else None]
    table = _table("Record", "Date", "Weak", "Reflection", "Plan", "Specific actions")
    for row in shown:
        table.add_row(
            Text(legible(row.id), overflow="fold"),
            day(row.date) if row.date else "",
            Text("weak", style="bold") if row.weak else "no",
            plain(row.reflection),
            plain(row.plan),
            f"{row.specific} of {row.actions}",
        )
    if shown:
        console.print(table)
    if rest := len(summary.worst_first) - len(shown):
        console.print(Text(f"and {count(rest, 'record')} more; every other format lists them all"))
    if shown or not summary.unreadable:
        _print_summary(summary, console)
    if summary.unreadable:
        _section(f"Could not be read: {len(summary.unreadable):,}", console)
        for result in summary.unreadable:
            console.print(Text(f"{legible(result.source)}: {legible(result.error.message)}"))
    _print_about(summary.models, console)


def _print_summary(summary: Summary, console: Console) -> None:
    _section("Summary", console)
    console.print(Text(f"{summary.weak:,} of {count(len(summary.worst_first), 'record')} weak. {WEAK}"))
    for title, bands in (("Reflection", summary.reflection), ("Plan", summary.plan)):
        counts = ", ".join(f"{plain(band)} {number:,}" for band, number in bands.items())
        console.print(Text(f"{title}: {counts}."))


def _heading(assessment: Assessment) -> Text:
    parts = [plain(assessment.record_type), legible(assessment.source)]
    if assessment.date:
        parts.insert(1, day(assessment.date))
    return Text(legible(assessment.id), style="bold").append(f"  {' · '.join(parts)}", style="not bold")


def _bands(assessment: Assessment) -> Table:
    reflection, plan = assessment.reflection.band, assessment.plan
    specific = f" ({plan.specific} of {plan.actions})" if plan.actions else ""
    grid = Table.grid(padding=(0, 2))
    grid.add_row("Record", Text("weak" if assessment.weak else "not weak", style="bold"), "")
    grid.add_row("Reflection", Text(plain(reflection), style="bold"), REFLECTION_SENTENCES[reflection])
    grid.add_row("Plan", Text(plain(plan.band), style="bold"), PLAN_SENTENCES[plan.band] + specific)
    return grid


def _print_actions(assessment: Assessment, console: Console, text: bool) -> None:
    rows = action_rows(assessment, text)
    if not rows:
        return
    _section("Actions", console)
    table = _table("Action", "Band", "Due", "Missing", "Only partly")
    table.leading = 1
    table.columns[3].max_width, table.columns[4].max_width = 18, 12
    for row in rows:
        table.add_row(
            Text(row.words),
            row.band,
            day(row.due) if row.due else "",
            row.named("missing"),
            row.named("partly"),
        )
    console.print(table)


def _print_questions(
    assessment: Assessment, first: Sequence[Finding], console: Console, all: bool, text: bool
) -> None:
    _section("Questions to ask first" if first else "No questions", console)
    asked = gather(assessment, first, text)
    _print_numbered(asked, 1, console)
    further = gather(assessment, [f for f in assessment.findings if f not in first], text)
    if further and all:
        _section("Further questions", console)
        _print_numbered(further, len(asked) + 1, console)
    elif further:
        console.print(Text(f"and {count(len(further), 'further question')}: --all shows them", style="dim"))


def _print_numbered(asked: Iterable[Question], start: int, console: Console) -> None:
    for number, question in enumerate(asked, start):
        console.print(Text(f"{number}. {question.question}", style="bold"))
        for quote in question.quotes:
            words = f"“{quote.words}” " if quote.words else ""
            console.print(Padding(Text(f"{words}(line {quote.line})"), (0, 0, 0, 3)))


def _paragraphs(units: Sequence[LabelledUnit]) -> Iterator[Text]:
    """The note, a line of it at a time; an empty line where it has one or more."""
    last = None
    for line, inside in groupby(units, key=lambda unit: unit.line):
        if last is not None and line > last + 1:
            yield Text()
        yield Text(" ").join(_shaded(unit) for unit in inside)
        last = line


def _shaded(unit: LabelledUnit) -> Text:
    if unit.label == Label.ADMIN:
        return Text(legible(unit.text), style=_SHADES[unit.label])
    return Text.assemble((f"[{unit.label}]", "bold"), " ", (legible(unit.text), _SHADES[unit.label]))


def _table(*titles: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title in titles:
        table.add_column(title)
    return table


def _section(title: str, console: Console) -> None:
    console.print()
    console.print(Rule(Text(title, style="bold"), align="left", style="dim"))


def _print_about(models: Iterable[Model], console: Console) -> None:
    console.print()
    for line in [*DOES_NOT, *map(named, models)]:
        console.print(Text(line, style="dim"))
