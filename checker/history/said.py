"""A timeline in plain sentences, each with the lines that it rests on: what every form of report shows."""

import datetime as dt
from collections.abc import Iterator

import msgspec

from checker.codebook import PASTED_SHARE, ReflectionBand
from checker.history.timeline import (
    Gap,
    LateRecord,
    LeftBehind,
    Missing,
    NoteRow,
    Outcome,
    Passage,
    Quote,
    Silence,
    Task,
    Timeline,
)
from checker.report.words import count, legible, plain, shortened

_MISSING = {
    Missing.VOICE: "The person's own voice stands in none of {notes} running",
    Missing.MATTERS: "What matters to the person stands in none of {notes} running",
    Missing.DECISION: "There is no decision in {notes} running",
    Missing.FALLING: "Reflection falls over {notes} running",
    Missing.FLAT: "Reflection stays at one band, below exploring, in {notes} running",
}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that shows across the notes.

    Attributes
    ----------
    sentence : str
    quotes : tuple of Quote
        In the order to be read.
    """

    sentence: str
    quotes: tuple[Quote, ...] = ()


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """Things of one kind, under their title."""

    title: str
    things: tuple[Said, ...]


def said(timeline: Timeline, text: bool = True) -> list[Heading]:
    """What a timeline says, most telling first; headings with nothing under them are left out.

    Parameters
    ----------
    timeline : Timeline
    text : bool
        Whether to quote the notes.

    Returns
    -------
    list of Heading
    """
    copied = [row for row in timeline.notes if row.passages]
    kinds = {
        "About the notes": (*(Said(sentence=remark) for remark in timeline.remarks), _named(timeline)),
        "Carried over": map(_carried, timeline.carried_over),
        "Not mentioned again": (_silent(task) for task in timeline.not_followed if not task.times),
        "Left behind by copying": (_left(left, text) for row in timeline.notes for left in row.left_behind),
        "What later notes report": map(_reported, timeline.tasks),
        "Copied text": (thing for row in copied for thing in _copied(row)),
        "Gaps": (*map(_gap, timeline.gaps), *map(_late, timeline.late)),
        "Missing or unmoved": map(_missing, timeline.silences),
    }
    headings = []
    for title, things in kinds.items():
        kept = tuple(_shown(thing, text) for thing in things if thing)
        if kept:
            headings.append(Heading(title=title, things=kept))
    return headings


def date(day: dt.date) -> str:
    """A date as British forms have it.

    Examples
    --------
    >>> date(dt.date(2026, 2, 14))
    '14/02/2026'
    """
    return f"{day:%d/%m}/{day.year}"


def times(number: int) -> str:
    """How often, in words: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def outcome(task: Task) -> str:
    """What became of an action, in a sentence."""
    on = f" on {date(task.word.date)}" if task.word else ""
    return {
        Outcome.DONE: f"Reported done{on}.",
        Outcome.SUPERSEDED: f"Reported superseded{on}.",
        Outcome.NOT_DONE: f"Reported not done{on}.",
        Outcome.MENTIONED: f"Spoken of{on}.",
        Outcome.SILENT: "No later note speaks of it.",
        Outcome.UNCLEAR: "Later notes may speak of it, but no line plainly does.",
        Outcome.OPEN: "It stands in the latest note.",
    }[task.outcome]


def moved(task: Task) -> str:
    """How the due date moved from note to note, in a sentence, or nothing."""
    days = list(dict.fromkeys(day for day in task.due if day))
    return f" Its due date moved from {' to '.join(map(date, days))}." if len(days) > 1 else ""


def _named(timeline: Timeline) -> Said | None:
    if not timeline.named:
        return None
    return Said(
        sentence="The notes under this id name different people. Is the id right?", quotes=timeline.named
    )


def _carried(task: Task) -> Said:
    since = f"Carried over {times(task.times)} since {date(task.since)}."
    due = f" Due {date(task.passed)}, which has passed." if task.passed else ""
    lines = (task.quotes[0], task.quotes[-1]) + ((task.word,) if task.word else ())
    return Said(sentence=f"{since}{moved(task)}{due} {outcome(task)}", quotes=lines)


def _silent(task: Task) -> Said:
    due = f"Due {date(task.passed)}, which has passed. " if task.passed else ""
    return Said(sentence=f"{due}{outcome(task)}", quotes=task.quotes[-1:])


def _reported(task: Task) -> Said | None:
    if task.times or not task.word:
        return None
    return Said(sentence=outcome(task), quotes=(task.quotes[-1], task.word))


def _copied(row: NoteRow) -> Iterator[Said]:
    scorable = (
        f"; from {PASTED_SHARE:.0%} on a note is {plain(ReflectionBand.NOT_SCORABLE)}"
        if row.pasted >= PASTED_SHARE
        else ""
    )
    yield Said(
        sentence=f"{row.pasted:.0%} of the words of {row.id} ({date(row.date)}) stand in earlier notes{scorable}."
    )
    for passage in row.passages:
        yield Said(sentence=_stands_in(passage), quotes=(passage.quote,))


def _stands_in(passage: Passage) -> str:
    of = ", about another person" if passage.of_another else ""
    return f"{count(passage.words, 'word')} from {passage.source} ({date(passage.source_date)}{of})."


def _left(left: LeftBehind, text: bool) -> Said:
    wrong = f"“{left.wrong}”" if text else "A name or pronoun"
    return Said(
        sentence=f"{wrong} came with text from {left.source}, which is about another person. Whom is this line about?",
        quotes=(left.quote,),
    )


def _gap(gap: Gap) -> Said:
    between = f"{gap.weeks:g} weeks between {date(gap.since)} and {date(gap.until)}"
    return Said(sentence=f"{between}; the policy asks for {gap.most} at most.")


def _late(late: LateRecord) -> Said:
    return Said(
        sentence=f"{late.note} of {date(late.date)} was recorded on {date(late.recorded)}, after "
        f"{count(late.days, 'working day')}; the policy asks for {late.most} at most."
    )


def _missing(silence: Silence) -> Said:
    notes = _MISSING[silence.missing].format(notes=count(len(silence.dates), "note"))
    until = "the latest" if silence.goes_on else date(silence.dates[-1])
    return Said(sentence=f"{notes}, from {date(silence.dates[0])} to {until}.")


def _shown(thing: Said, text: bool) -> Said:
    quotes = tuple(
        msgspec.structs.replace(quote, words=shortened(legible(quote.words), 240) if text else "")
        for quote in thing.quotes
    )
    return msgspec.structs.replace(thing, quotes=quotes)
