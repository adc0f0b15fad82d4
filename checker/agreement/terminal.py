"""Agreement on the screen: measures, who marked what, and the disagreements quoted."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from checker.agreement.comparison import Agreement, Aspect, Comparison, Disagreement
from checker.agreement.measures import Measure
from checker.report.words import count, legible, shortened

AT_FIRST = 10
"""Disagreements shown unless all are asked for."""

CELLS_AT_FIRST = 12
"""Empty cells named."""

LEGEND = (
    "Alike: the share of notes marked alike. Kappa and alpha: agreement beyond chance, 0 where chance alone "
    "would do as well and 1 where every mark is the same; for bands, a near miss weighs less than a far one. "
    "In brackets, the 95% interval: how far the figure might move with another set of notes."
)


def show(agreement: Agreement, console: Console, all: bool = False) -> None:
    """Print an agreement.

    Parameters
    ----------
    agreement : Agreement
    console : rich.console.Console
    all : bool
        Whether to list every disagreement, not the first ten.
    """
    for sentence in said(agreement):
        console.print(Text(sentence))
    for comparison in agreement.comparisons:
        _show_comparison(comparison, console, all)
    if agreement.comparisons:
        console.print()
        console.print(Text(LEGEND, style="dim"))


def said(agreement: Agreement) -> list[str]:
    """How far the worksheet is marked, and what to bear in mind of it, in sentences."""
    second = f", the second auditor {agreement.marked_second:,}" if agreement.marked_second else ""
    sentences = [f"The auditor has marked {agreement.marked:,} of {count(agreement.notes, 'note')}{second}."]
    if agreement.empty:
        more = len(agreement.empty) - CELLS_AT_FIRST
        shown = ", ".join(agreement.empty[:CELLS_AT_FIRST]) + (f" and {more:,} more" if more > 0 else "")
        sentences.append(f"Left empty in rows that were begun, and passed over: {shown}.")
    return [*sentences, *agreement.remarks]


def _show_comparison(comparison: Comparison, console: Console, all: bool) -> None:
    first, second = comparison.first, comparison.second
    _section(f"{first.capitalize()} against {second}", console)
    table = _table("", "Notes", "Alike", "Kappa", "Alpha")
    for column in table.columns[1:]:
        column.no_wrap = True
    for aspect in comparison.aspects:
        table.add_row(
            aspect.title,
            f"{aspect.notes:,}",
            percent(aspect.same),
            decimal(aspect.kappa),
            decimal(aspect.alpha),
        )
    console.print(table)
    for remark, titles in _remarks(comparison.aspects):
        console.print(Text(f"{', '.join(titles)}: {remark}"))
    for aspect in comparison.aspects:
        if len(aspect.marks) > 2 and aspect.notes:
            _show_counts(aspect, first, second, console)
    _show_yes_and_no(comparison, console)
    _show_disagreements(comparison, console, all)


def _remarks(aspects: tuple[Aspect, ...]) -> Iterator[tuple[str, list[str]]]:
    """Each remark once, with the titles that it holds for."""
    for remark in dict.fromkeys(aspect.remark for aspect in aspects if aspect.remark):
        yield remark, [aspect.title for aspect in aspects if aspect.remark == remark]


def _show_counts(aspect: Aspect, first: str, second: str, console: Console) -> None:
    console.print()
    console.print(Text(f"{aspect.title}: down, the {first}'s marks; across, the {second}'s"))
    table = _table("", *aspect.marks, "all", "share")
    for mark, row in zip(aspect.marks, aspect.counts, strict=True):
        table.add_row(mark, *map(str, row), str(sum(row)), f"{sum(row) / aspect.notes:.0%}")
    table.add_row("all", *map(str, aspect.second), str(aspect.notes), "")
    table.add_row("share", *(f"{number / aspect.notes:.0%}" for number in aspect.second), "", "")
    console.print(table)


def _show_yes_and_no(comparison: Comparison, console: Console) -> None:
    first, second = comparison.first, comparison.second
    table = _table(
        "Yes or no",
        "both yes",
        f"{first} only",
        f"{second} only",
        "both no",
        f"{first}: yes",
        f"{second}: yes",
    )
    for aspect in comparison.aspects:
        if len(aspect.marks) == 2 and aspect.notes:
            (both, one), (two, neither) = aspect.counts
            shares = (f"{number / aspect.notes:.0%}" for number in (aspect.first[0], aspect.second[0]))
            table.add_row(aspect.title, str(both), str(one), str(two), str(neither), *shares)
    if table.row_count:
        console.print()
        console.print(table)


def _show_disagreements(comparison: Comparison, console: Console, all: bool) -> None:
    found = comparison.disagreements
    console.print()
    if not found:
        console.print(Text("No note was banded or flagged differently."))
        return
    console.print(Text(f"{count(len(found), 'note')} judged differently, the furthest apart first", "bold"))
    for disagreement in found if all else found[:AT_FIRST]:
        console.print(Text(legible(disagreement.id), style="bold"))
        for line in lines(disagreement, comparison):
            console.print(Padding(Text(line), (0, 0, 0, 3)))
    if not all and len(found) > AT_FIRST:
        console.print(Text(f"and {len(found) - AT_FIRST:,} more: --all shows them", style="dim"))


def lines(disagreement: Disagreement, comparison: Comparison) -> list[str]:
    """A disagreement in words: each difference, then each reader's reasons."""
    told = [
        f"{difference.title}: {comparison.first} {difference.first}, {comparison.second} {difference.second}"
        for difference in disagreement.differences
    ]
    reasons = (
        (comparison.first, disagreement.first_reasons),
        (comparison.second, disagreement.second_reasons),
    )
    return told + [f"The {reader}: {shortened(legible(words), 400)}" for reader, words in reasons if words]


def percent(measure: Measure | None) -> str:
    """Such as ``80% (58 to 92)``."""
    return f"{measure.value:.0%} ({measure.low * 100:.0f} to {measure.high * 100:.0f})" if measure else "–"


def decimal(measure: Measure | None) -> str:
    """Such as ``0.61 (0.35 to 0.82)``."""
    return f"{measure.value:.2f} ({measure.low:.2f} to {measure.high:.2f})" if measure else "–"


def _table(*titles: str) -> Table:
    # Narrow gaps and a word a line: so the bands side by side fit a window of 80 characters.
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    first, *others = titles
    table.add_column(first)
    for title in others:
        table.add_column(title.replace(" ", "\n"))
    return table


def _section(title: str, console: Console) -> None:
    console.print()
    console.print(Rule(Text(title, style="bold"), align="left", style="dim"))
