"""A draw put before the person who asked for it: what it can say, in plain words."""

import math
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from checker.report.words import count, legible
from checker.sampling.design import Frame, Sample
from checker.sampling.size import effective_size, shows_as, wilson

AT_A_GLANCE = 50
"""Rows of a list on a screen; piped, all are printed."""


def show(sample: Sample, frame: Frame, lists: Sequence[Path], console: Console) -> None:
    """Print a draw: how it was made, what it can say, group by group, and the notes themselves.

    Parameters
    ----------
    sample : Sample
    frame : Frame
        What it was drawn from.
    lists : sequence of pathlib.Path
        The lists of ids that were left out.
    console : rich.console.Console
    """
    console.print(Text(sample.words, style="bold"))
    for sentence in _about(sample, frame, lists):
        console.print(Text(sentence))
    if len(sample.strata) > 1:
        console.print(_groups(sample))
    table = _table("No.", "Record", "From")
    shown = sample.drawn[: AT_A_GLANCE if console.is_terminal else None]
    for number, drawn in enumerate(shown, 1):
        table.add_row(str(number), Text(legible(drawn.candidate.id)), Text(legible(drawn.candidate.source)))
    console.print(table)
    if rest := len(sample.drawn) - len(shown):
        console.print(Text(f"and {count(rest, 'note')} more; --worksheet and --output list them all"))
    for result in frame.unreadable:
        console.print(Text(f"Not read, so not drawn from: {legible(result.error.message)}"))


def what_it_can_say(records: int, drawn: int, effective: float) -> str:
    """What a draw can say of a share, before any note is read.

    Parameters
    ----------
    records, drawn : int
    effective : float
        From `effective_size`.

    Examples
    --------
    >>> what_it_can_say(412, 20, effective_size([(412, 20)]))
    '20 notes of 412: a true share of 50% would show as 29% to 71%. If half of the notes read turn out weak, the share of all that are weak would lie between 30% and 70%.'
    """
    if math.isinf(effective):
        return f"All {count(drawn, 'note')}: the share that is found is the true one, as far as the marks are right."
    likely = wilson(effective / 2, effective)
    return (
        f"{count(drawn, 'note')} of {records:,}: a true share of 50% would show as {shows_as(0.5, effective)}. "
        f"If half of the notes read turn out weak, the share of all that are weak would lie between "
        f"{likely.low:.0%} and {likely.high:.0%}."
    )


def _about(sample: Sample, frame: Frame, lists: Sequence[Path]) -> list[str]:
    said = []
    if sample.strata:
        sizes = [(stratum.records, stratum.drawn) for stratum in sample.strata]
        said.append(what_it_can_say(len(frame.candidates), len(sample.drawn), effective_size(sizes)))
    alone = [stratum for stratum in sample.strata if stratum.drawn == 1 < stratum.records]
    if alone and len(sample.strata) > 1:
        said.append(
            f"{count(len(alone), 'group')} with one note drawn: that says next to nothing of "
            f"{'it' if len(alone) == 1 else 'them'} alone. A larger --size gives each at least two."
        )
    if lists:
        names = " and ".join(map(str, lists))
        said.append(f"Left out, as listed in {names}: {count(frame.left_out, 'record')}.")
        if not frame.left_out:
            said.append("None of the ids given is among these records: are they of the same export?")
        elif frame.unknown:
            said.append(f"Of the ids given, {frame.unknown:,} not among these records.")
    if frame.repeated:
        said.append(f"{count(frame.repeated, 'record')} came in more than once and counted once.")
    return said


def _groups(sample: Sample) -> Table:
    table = _table("Group", "Notes", "Drawn", "A true share of 50% would show as")
    for stratum in sample.strata:
        effective = effective_size([(stratum.records, stratum.drawn)])
        says = "all are read" if math.isinf(effective) else str(shows_as(0.5, effective))
        table.add_row(Text(stratum.name), f"{stratum.records:,}", f"{stratum.drawn:,}", says)
    return table


def _table(*titles: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table
