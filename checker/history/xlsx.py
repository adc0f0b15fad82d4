"""Excel: people, notes, actions and all that shows across the notes, a sheet each."""

import datetime as dt
import os
from collections.abc import Sequence

import xlsxwriter

from checker.history import History
from checker.history.said import date, moved, outcome, said, times
from checker.history.timeline import Timeline
from checker.report.about import DOES_NOT, named
from checker.report.whole_file import replacing
from checker.report.words import legible, plain
from checker.report.xlsx import Sheet, Table

# Widths of columns in characters, as Excel counts them.
_PEOPLE = (
    *(("Person", 18), ("Notes", 8), ("First", 13), ("Latest", 13), ("Actions carried over", 10)),
    *(("Most often carried", 10), ("Not mentioned again", 11), ("Past their date, no word", 11)),
    *(("Most copied, %", 10), ("Gaps", 8), ("Recorded late", 10), ("Missing or unmoved", 11)),
)
_NOTES = (
    *(("Person", 18), ("Date", 13), ("Recorded", 13), ("Record", 18), ("Type", 14), ("Weak", 10)),
    *(("Reflection", 14), ("Plan", 9), ("Copied, %", 10), ("Read from", 32)),
)
_ACTIONS = (
    *(("Person", 18), ("First set", 13), ("Carried over", 12), ("Due", 13), ("What became of it", 40)),
    *(("First words", 60), ("Latest words", 60), ("What a later note says", 50)),
)
_ACROSS = (("Person", 18), ("What", 22), ("In a sentence", 70), ("Lines", 90))


def write(
    history: History,
    timelines: Sequence[Timeline],
    path: str | os.PathLike[str],
    text: bool = True,
) -> None:
    """Write a workbook.

    Parameters
    ----------
    history : History
        For what stands on no timeline.
    timelines : sequence of Timeline
    path : path-like
        Replaced only once the workbook is complete.
    text : bool
        Whether to quote the notes.

    Raises
    ------
    OSError
        If the workbook cannot be written there.
    """
    with (
        replacing(path) as draft,
        xlsxwriter.Workbook(draft, {"constant_memory": True, "tmpdir": str(draft.parent)}) as book,
    ):
        # No clock: the same results give the same file.
        book.set_properties({"title": "Supervision, month to month", "created": dt.datetime(2000, 1, 1)})
        sheets = [
            Table(book, name, columns)
            for name, columns in (
                ("People", _PEOPLE),
                ("Notes", _NOTES),
                ("Actions", _ACTIONS),
                ("Across notes", _ACROSS),
            )
        ]
        people, notes, actions, across = sheets
        for timeline in timelines:
            _write_person(people, timeline)
            _write_notes(notes, timeline)
            _write_actions(actions, timeline, text)
            _write_across(across, timeline, text)
        for sheet in sheets:
            sheet.close()
        _write_apart(Sheet(book, "On no timeline", (24, 40, 90)), history)
        about = Sheet(book, "About", (90,))
        for line in [*DOES_NOT, *map(named, history.models)]:
            about.row(line)


def _write_person(sheet: Table, timeline: Timeline) -> None:
    carried, silent = timeline.carried_over, timeline.not_followed
    sheet.row(
        timeline.person,
        len(timeline.notes),
        timeline.notes[0].date,
        timeline.notes[-1].date,
        len(carried),
        carried[0].times if carried else 0,
        len(silent),
        sum(task.passed is not None for task in silent),
        round(100 * max(row.pasted for row in timeline.notes)),
        len(timeline.gaps),
        len(timeline.late),
        len(timeline.silences),
    )


def _write_notes(sheet: Table, timeline: Timeline) -> None:
    for row in timeline.notes:
        sheet.row(
            timeline.person,
            row.date,
            row.recorded,
            row.id,
            plain(row.record_type),
            "weak" if row.weak else "not weak",
            plain(row.reflection),
            plain(row.plan),
            round(100 * row.pasted),
            row.source,
        )


def _write_actions(sheet: Table, timeline: Timeline, text: bool) -> None:
    for task in timeline.tasks:
        first, latest = task.quotes[0].words, task.quotes[-1].words
        sheet.row(
            timeline.person,
            task.since,
            times(task.times) if task.times else None,
            task.due[-1],
            outcome(task) + moved(task),
            first if text else None,
            latest if text and task.times else None,
            task.word.words if text and task.word else None,
        )


def _write_across(sheet: Table, timeline: Timeline, text: bool) -> None:
    for heading in said(timeline, text):
        for thing in heading.things:
            lines = (f"{date(q.date)}, line {q.line}: {q.words}".rstrip(": ") for q in thing.quotes)
            sheet.row(timeline.person, heading.title, thing.sentence, "\n".join(map(legible, lines)))


def _write_apart(sheet: Sheet, history: History) -> None:
    sheet.head("Record", "Read from", "Why, and what to do")
    for apart in history.apart:
        sheet.row(apart.id, apart.source, apart.reason)
    for unreadable in history.unreadable:
        sheet.row(None, unreadable.source, unreadable.error.message)
