"""Copied passages as a reader sees them, and the names and pronouns that copying left behind."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec
import numpy as np

from checker.history.copied import Origin, Prints
from checker.history.note import Line, Note
from checker.history.timeline import LeftBehind, Passage, Quote

_PRONOUNS = {
    "he": frozenset({"he", "him", "his", "himself"}),
    "she": frozenset({"she", "her", "hers", "herself"}),
}
_WORD = re.compile(r"[^\W\d_]+")
_OPENS_WITH = re.compile(r"^\W*([^\W\d_]+)")


class Copy(msgspec.Struct, frozen=True):
    """A unit that is mostly copied: its place, its copied words, and the unit it stood in before."""

    place: int
    words: int
    source: Note
    source_place: int
    of_another: bool


def quote(note: Note, place: int, words: str | None = None) -> Quote:
    """Point at a unit of a note."""
    line = note.lines[place]
    return Quote(note=note.id, date=note.date, line=line.line, words=line.text if words is None else words)


def copies(
    prints: Prints, own: Origin, earlier: Sequence[Note], others: Origin, same_month: Sequence[Note]
) -> list[Copy]:
    """The units of a note of which half the words or more stood in one earlier note.

    Parameters
    ----------
    prints : Prints
    own, others : Origin
        Where its words stood before: in a note of `earlier`, this person's, or of `same_month`.

    Returns
    -------
    list of Copy
        In the order of the note.
    """
    found = []
    for place in np.unique(prints.unit):
        here = prints.unit == place
        for origin, notes, of_another in ((own, earlier, False), (others, same_month, True)):
            stood = origin.note[here] >= 0
            if 2 * stood.sum() < here.sum():
                continue
            source, _ = Counter(origin.note[here][stood].tolist()).most_common(1)[0]
            units = origin.unit[here][origin.note[here] == source]
            its_place, _ = Counter(units.tolist()).most_common(1)[0]
            found.append(Copy(int(place), int(stood.sum()), notes[source], int(its_place), of_another))
            break
    return found


def passages(note: Note, found: Sequence[Copy]) -> tuple[Passage, ...]:
    """Neighbouring copied units as passages, each with the note that most of its words come from."""

    def key(numbered: tuple[int, Copy]) -> tuple[int, bool]:
        return numbered[1].place - numbered[0], numbered[1].of_another

    shown = []
    for _, run in groupby(enumerate(found), key=key):
        units = [copy for _, copy in run]
        first, last = units[0], units[-1]
        words = " ".join(note.lines[copy.place].text for copy in units)
        sources = Counter()
        for copy in units:
            sources[copy.source.id, copy.source.date] += copy.words
        (source, source_date), _ = sources.most_common(1)[0]
        shown.append(
            Passage(
                quote=quote(note, first.place, words),
                last_line=note.lines[last.place].line,
                words=sum(copy.words for copy in units),
                source=source,
                source_date=source_date,
                of_another=first.of_another,
            )
        )
    return tuple(shown)


def left_behind(note: Note, found: Sequence[Copy], own: Sequence[Note]) -> Iterator[LeftBehind]:
    """Lines copied from another person's note that still speak of that person.

    Only what can be seen safely is pointed at: both notes name their person in their heading, and the
    line has the other's name and not this person's; or it opens with a pronoun other than the one that
    this person's notes use, where the other note, in that line or the ones before it, speaks of its own person.

    Parameters
    ----------
    note : Note
    found : sequence of Copy
    own : sequence of Note
        All notes about this person, which show the pronoun that is used of them.
    """
    mine = note.about
    for copy in found:
        theirs = copy.source.about
        if not (copy.of_another and mine and theirs) or mine.casefold() == theirs.casefold():
            continue
        text = note.lines[copy.place].text
        words = set(map(str.casefold, _WORD.findall(text)))
        if theirs.casefold() in words and mine.casefold() not in words:
            yield LeftBehind(quote=quote(note, copy.place), wrong=theirs, source=copy.source.id)
            continue
        opens = _opening(text)
        if opens not in _PRONOUNS:
            continue
        lines, place = copy.source.lines, copy.source_place
        while place and _opening(lines[place].text) in _PRONOUNS:
            place -= 1
        if _opening(lines[place].text) == theirs.casefold():
            used = pronoun(mine, [line for note in own for line in note.lines])
            if used not in (None, opens):
                yield LeftBehind(quote=quote(note, copy.place), wrong=opens, source=copy.source.id)


def pronoun(name: str, lines: Sequence[Line]) -> str | None:
    """The pronoun that lines use of a person, or None where they are few or do not agree.

    Counted are lines in which one kind of pronoun, and no other, follows the name, and lines that open
    with a pronoun right after one that opens with the name.
    """
    used = Counter()
    after_name = False
    for line in lines:
        words = [word.casefold() for word in _WORD.findall(line.text)]
        opens = words[0] if words else ""
        since_name = words[words.index(name.casefold()) :] if name.casefold() in words else []
        spoken_of = words if after_name and opens in _PRONOUNS else since_name
        kinds = {kind for kind, forms in _PRONOUNS.items() if not forms.isdisjoint(words)}
        if len(kinds) == 1 and any(not _PRONOUNS[kind].isdisjoint(spoken_of) for kind in kinds):
            used.update(kinds)
        after_name = opens == name.casefold() or (after_name and opens in _PRONOUNS)
    if not used:
        return None
    kind, times = used.most_common(1)[0]
    return kind if times >= 2 and times >= 0.8 * used.total() else None


def _opening(text: str) -> str:
    opens = _OPENS_WITH.match(text)
    return opens[1].casefold() if opens else ""
