"""Shares put before the person who asked: three ways beside each other, and what each can say."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from checker.estimation.figures import Estimates
from checker.estimation.measures import WEAK
from checker.estimation.words import THREE_WAYS, WAYS, cells, of_groups
from checker.report.about import DOES_NOT, named


def show(estimates: Estimates, console: Console) -> None:
    """Print the shares of all records, those of weak records in each group, and what a reader must know.

    Parameters
    ----------
    estimates : Estimates
    console : rich.console.Console
    """
    for note in estimates.notes:
        console.print(Text(note))
    console.print()
    table = _table("All records", *THREE_WAYS)
    for figure in estimates.overall.figures:
        table.add_row(figure.measure.title, *cells(estimates.overall, figure.measure))
    console.print(table)
    if estimates.groups:
        table = _table(f"Weak, by {of_groups(estimates)}", "Records", *THREE_WAYS)
        for group in estimates.groups:
            table.add_row(Text(group.names[0]), f"{group.records:,}", *cells(group, WEAK))
        console.print(table)
    for sentence in WAYS:
        console.print(Text(sentence))
    console.print()
    for line in [*DOES_NOT, *map(named, estimates.models)]:
        console.print(Text(line, style="dim"))


def _table(*titles: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, title in enumerate(titles):
        if place:
            table.add_column(title, justify="right", no_wrap=True)
        else:
            table.add_column(title, overflow="fold")
    return table
