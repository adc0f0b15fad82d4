"""What history says of one person: the notes in date order, and what shows only across them."""

import datetime as dt
from enum import StrEnum

import msgspec

from checker.codebook import PlanBand, RecordType, ReflectionBand


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a note; `line` counts from 1, and `words` is empty where nothing may be quoted."""

    note: str
    date: dt.date
    line: int
    words: str


class Outcome(StrEnum):
    """What became of an action after the last note that sets it."""

    DONE = "done"
    SUPERSEDED = "superseded"
    NOT_DONE = "not done"
    MENTIONED = "mentioned"
    SILENT = "not mentioned again"
    UNCLEAR = "unclear"
    OPEN = "open"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """An action through the notes that set it.

    Attributes
    ----------
    quotes : tuple of Quote
        Its line in each note that sets it, one note after the other.
    due : tuple of datetime.date or None
        When each of these lines says it is due.
    outcome : Outcome
        `open` in the latest note; `unclear` where a later note has words in common with it, but no line
        that is plainly about it.
    word : Quote, optional
        The line of a later note that tells the outcome.
    passed : datetime.date, optional
        The due date that passed with no word of the action in any later note.
    """

    quotes: tuple[Quote, ...]
    due: tuple[dt.date | None, ...]
    outcome: Outcome
    word: Quote | None = None
    passed: dt.date | None = None

    @property
    def times(self) -> int:
        """How often it was carried over."""
        return len(self.quotes) - 1

    @property
    def since(self) -> dt.date:
        """The date of the note that first sets it."""
        return self.quotes[0].date


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """Words that stand in an earlier note too.

    Attributes
    ----------
    quote : Quote
        The passage here.
    last_line, words : int
        Where it ends, and how many words of it are copied.
    source : str
        The id of the note it stands in too.
    source_date : datetime.date
    of_another : bool
        Whether that note is about another person.
    """

    quote: Quote
    last_line: int
    words: int
    source: str
    source_date: dt.date
    of_another: bool


class LeftBehind(msgspec.Struct, frozen=True, kw_only=True):
    """A copied line with another person's name or pronoun in it: `wrong`, empty where nothing may be quoted."""

    quote: Quote
    wrong: str
    source: str


class NoteRow(msgspec.Struct, frozen=True, kw_only=True):
    """One note on the timeline.

    Attributes
    ----------
    id, source, date, recorded, record_type
        As in `checker.record.Assessment`.
    reflection, plan, weak
        With the pasted share taken into account (codebook 5).
    pasted : float
        Share of the words outside headings and prompts that stand in an earlier note, 0 to 1.
    passages : tuple of Passage
    left_behind : tuple of LeftBehind
    """

    id: str
    source: str
    date: dt.date
    recorded: dt.date | None
    record_type: RecordType
    reflection: ReflectionBand
    plan: PlanBand
    weak: bool
    pasted: float
    passages: tuple[Passage, ...]
    left_behind: tuple[LeftBehind, ...]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A longer time from one supervision to the next than the policy asks."""

    since: dt.date
    until: dt.date
    weeks: float
    most: int


class LateRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A note recorded later than the policy asks; `days` are working days."""

    note: str
    date: dt.date
    recorded: dt.date
    days: int
    most: int


class Missing(StrEnum):
    """What was missing, or did not move, in three notes running or more."""

    VOICE = "voice"
    MATTERS = "matters"
    DECISION = "decision"
    FALLING = "falling reflection"
    FLAT = "flat reflection"


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """Notes running, by their dates, in which something is missing; `goes_on` up to the latest note."""

    missing: Missing
    dates: tuple[dt.date, ...]
    goes_on: bool


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """One person's history.

    Attributes
    ----------
    person : str
    notes, tasks, gaps, late, silences : tuple
        Each in date order.
    remarks : tuple of str
        Sentences about the notes themselves, such as one that stands twice.
    named : tuple of Quote
        Where the notes' headings name different people, the first line that names each; else empty.
    """

    person: str
    notes: tuple[NoteRow, ...]
    tasks: tuple[Task, ...]
    gaps: tuple[Gap, ...]
    late: tuple[LateRecord, ...]
    silences: tuple[Silence, ...]
    remarks: tuple[str, ...]
    named: tuple[Quote, ...]

    @property
    def carried_over(self) -> list[Task]:
        """The actions that stand in two notes running or more, the most often carried first."""
        return sorted((task for task in self.tasks if task.times), key=lambda task: -task.times)

    @property
    def not_followed(self) -> list[Task]:
        """The actions of which no later note says a word, those past their due date first."""
        silent = [task for task in self.tasks if task.outcome is Outcome.SILENT]
        return sorted(silent, key=lambda task: task.passed is None)


class Apart(msgspec.Struct, frozen=True, kw_only=True):
    """A note that belongs on no timeline, and why, in a sentence."""

    id: str
    source: str
    reason: str
