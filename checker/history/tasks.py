"""Actions from note to note: carried over, reported done or not, superseded, or never mentioned again."""

import re
from collections.abc import Sequence

import msgspec

from checker.codebook import Flag, Label
from checker.history.likeness import ALIKE, likeness, pairs, task
from checker.history.note import HEADING_LINES, Note
from checker.history.passages import quote
from checker.history.timeline import Outcome, Quote, Task

FACT_ALIKE = 80.0
"""From this likeness on, 0 to 100, a line of plain fact is a report on an action."""

OPENING = 4
"""The first so many matters of an action are its own; later ones belong to its reason."""

_SUPERSEDED = re.compile(
    r"\b(?:supersed\w+|replaced by|withdrawn?|withdrew|dropped|no longer (?:needed|required|wanted)|not needed)\b",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\b(?:not|\w+n['’]t|never|cannot|until|outstanding|o/s|half|in draft)\b", re.IGNORECASE
)
_CLOSED = re.compile(r"\b(?:closed|done|completed?|finished)\b", re.IGNORECASE)
_GOING_ON = re.compile(
    r"\b(?:ongoing|on-going|still|part|partly|to be|to follow|awaiting|waiting|delayed|stays open|started|begun|"
    r"chas\w+|cancelled|no (?!concerns)\w+)\b",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"\b(?:sent|held|happened|fitted|paid|booked|received|took place|in place)\b", re.IGNORECASE
)
_NUMBERED = re.compile(r"^\W*(\d{1,2})\b(?![/:.]\d|%)")
_WORD = re.compile(r"[^\W\d_]{3,}")

# Words that name no matter: they stand in any action, and in any note.
_EVERYDAY = frozenset(
    "the and for with from into onto about after before until that this these those there their them then than "
    "has have had was were will would could should can may might must not yet still now next last again also both "
    "each any all some one two who what when where which how why her his him she they our you your out off get got "
    "give take make see ask tell say said ring call phone speak talk email write send visit visits meet meeting "
    "complete continue monitor update review plan plans progress ensure support work chase explore discuss keep look "
    "write form forms letter refer referral mrs miss done ongoing asap supervision action actions "
    "week weeks month day days monday tuesday wednesday "
    "thursday friday saturday sunday january february march april june july august september october november december "
    "social worker manager team professionals school mum dad child children person family home".split()
)


class _Heard(msgspec.Struct, frozen=True):
    """A line of a note that may report on an action: its place, task, matters, first matter and number."""

    place: int
    words: str
    matters: frozenset[str]
    topic: str | None
    number: str | None
    is_review: bool


class _Listened(msgspec.Struct, frozen=True):
    """A note gone through once for all earlier actions: its tasks, its reports, and all that it speaks of.

    `names` are the words of its heading, which stand in every note and name no matter.
    """

    note: Note
    tasks: tuple[str, ...]
    heard: tuple[_Heard, ...]
    matters: frozenset[str]
    names: frozenset[str]


class _Link(msgspec.Struct, frozen=True):
    """An action in one note: the note's place, and the action's place among its actions."""

    note: int
    action: int


def tasks(notes: Sequence[Note]) -> tuple[Task, ...]:
    """Follow every action of a person's notes.

    Parameters
    ----------
    notes : sequence of Note
        In date order. Actions are carried over between whole supervisions; a management oversight note
        between two of them interrupts nothing, but may report on an action.

    Returns
    -------
    tuple of Task
        In the order in which they were first set.
    """
    listened = [_listen(note) for note in notes]
    return tuple(_task(chain, listened) for chain in _chains(listened))


def _listen(note: Note) -> _Listened:
    heard = []
    everything: set[str] = set()
    for place, line in enumerate(note.lines):
        found = matters(line.text)
        everything.update(found)
        if line.label in (Label.ADMIN, Label.ACTION):
            continue
        reviews = Flag.PREVIOUS_ACTION in line.flags
        number = _NUMBERED.match(line.text) if reviews else None
        heard.append(
            _Heard(
                place=place,
                words=task(line.text),
                matters=frozenset(found),
                topic=found[0] if found and reviews else None,
                number=number[1] if number else None,
                is_review=reviews or line.label is Label.DECISION,
            )
        )
    heading = [line.text for line in note.lines[:HEADING_LINES] if line.label is Label.ADMIN]
    return _Listened(
        note=note,
        tasks=tuple(task(note.lines[action.place].text) for action in note.actions),
        heard=tuple(heard),
        matters=frozenset(everything),
        names=frozenset(matters(" ".join(heading))),
    )


def _chains(listened: Sequence[_Listened]) -> list[list[_Link]]:
    chains: list[list[_Link]] = []
    ended_here: list[list[_Link]] = []
    for place, now in enumerate(listened):
        links = [_Link(place, number) for number in range(len(now.tasks))]
        if not now.note.is_supervision:
            chains += [[link] for link in links]
            continue
        earlier = [listened[chain[-1].note].tasks[chain[-1].action] for chain in ended_here]
        carried = {j: ended_here[i] for i, j in pairs(earlier, now.tasks)}
        ended_before, ended_here = carried, []
        for number, link in enumerate(links):
            if number not in ended_before:
                chains.append([])
            chain = ended_before.get(number, chains[-1])
            chain.append(link)
            ended_here.append(chain)
    return chains


def _task(chain: Sequence[_Link], listened: Sequence[_Listened]) -> Task:
    set_in = [(listened[link.note].note, listened[link.note].note.actions[link.action]) for link in chain]
    last, after = chain[-1], listened[chain[-1].note + 1 :]
    outcome, word = _outcome(listened[last.note], last.action, after)
    due = set_in[-1][1].due
    passed = outcome is Outcome.SILENT and due and any(later.note.date > due for later in after)
    return Task(
        quotes=tuple(quote(note, action.place) for note, action in set_in),
        due=tuple(action.due for _, action in set_in),
        outcome=outcome,
        word=word,
        passed=due if passed else None,
    )


def _outcome(last: _Listened, action: int, after: Sequence[_Listened]) -> tuple[Outcome, Quote | None]:
    """What later notes say of an action: the first word that settles it, or else the first word at all."""
    following = next((later for later in after if later.note.is_supervision), None)
    if following is None:
        return Outcome.OPEN, None
    words = last.tasks[action]
    matter = [begins for begins in matters(words) if begins not in last.names]
    number = _NUMBERED.match(last.note.lines[last.note.actions[action].place].text)
    told: tuple[Outcome, Quote] | None = None
    for later in after:
        line = _report(later, words, matter, number[1] if number and later is following else None)
        if line is None:
            continue
        outcome = _said(later.note.lines[line.place].text) if line.is_review else Outcome.MENTIONED
        said = outcome, quote(later.note, line.place)
        if outcome in (Outcome.DONE, Outcome.SUPERSEDED):
            return said
        told = told or said
    if told:
        return told
    if not matter or any(later.matters.intersection(matter) for later in after):
        return Outcome.UNCLEAR, None
    return Outcome.SILENT, None


def _report(later: _Listened, words: str, matter: Sequence[str], number: str | None) -> _Heard | None:
    """The line of a later note that is about an action: the one with its number, or the most alike.

    A line that reviews actions is about this one, too, where it opens with a matter that the action
    opens with ("Alarm: fitted"), or shares half of them; a mere fact must have two matters and nearly
    all of its words in common.
    """
    wanted, first = frozenset(matter), matter[:OPENING]
    best, found = 0.0, None
    for line in later.heard:
        if number and line.number == number:
            return line
        shared = len(wanted & line.matters)
        if not shared:
            continue
        score = likeness(words, line.words)
        if line.is_review:
            half = shared >= 2 and 2 * shared >= min(len(wanted), len(line.matters))
            is_about = score >= ALIKE or half or line.topic in first
        else:
            is_about = score >= FACT_ALIKE and shared >= 2
        if is_about and score > best:
            best, found = score, line
    return found


def _said(text: str) -> Outcome:
    """What a line that reviews an action says of it; where it says both yes and no, only that it says something."""
    if _SUPERSEDED.search(text):
        return Outcome.SUPERSEDED
    if _NOT_DONE.search(text):
        return Outcome.NOT_DONE
    if _CLOSED.search(text):
        return Outcome.DONE
    goes_on, happened = bool(_GOING_ON.search(text)), bool(_HAPPENED.search(text))
    if goes_on == happened:
        return Outcome.MENTIONED
    return Outcome.DONE if happened else Outcome.NOT_DONE


def matters(text: str) -> list[str]:
    """The beginnings of the words that say what a line is about, so that "booked" meets "booking"."""
    return [word[:4] for word in _WORD.findall(text.lower()) if word not in _EVERYDAY]
