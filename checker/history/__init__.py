"""Month to month: what shows only across a person's notes.

`histories` reads assessments once, keeps of each what is needed (`note`), and gives a timeline a person:
actions carried over and never mentioned again (`tasks`), copied text (`copied`, `passages`), gaps and
silences (`patterns`). `said` puts a timeline into sentences, and a module a form shows them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from checker.history.copied import Origin, Prints, from_others, from_own, pasted_share, prints
from checker.history.note import Note, note
from checker.history.passages import copies, left_behind, passages, quote
from checker.history.patterns import gaps, late_records, silences
from checker.history.tasks import tasks
from checker.history.timeline import Apart, NoteRow, Quote, Timeline
from checker.record import Assessment, Model, Unreadable
from checker.report.words import count
from checker.settings import Policy


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All that was read, in a form that timelines are made from one by one.

    Attributes
    ----------
    people : dict of str to tuple of Note
        Each person's notes in date order, by the person's id as the inputs have it first.
    remarks : dict of str to tuple of str
        Sentences about a person's notes themselves.
    apart : tuple of Apart
        Notes without a person, a date or their words.
    unreadable : tuple of Unreadable
    models : tuple of Model
        Each model that spoke, once.
    policy : Policy
    """

    people: dict[str, tuple[Note, ...]]
    remarks: dict[str, tuple[str, ...]]
    apart: tuple[Apart, ...]
    unreadable: tuple[Unreadable, ...]
    models: tuple[Model, ...]
    policy: Policy

    def timelines(self, wanted: Sequence[str] = ()) -> Iterator[Timeline]:
        """A timeline a person, by the person's id.

        Parameters
        ----------
        wanted : sequence of str
            The people to show; without it, all. Copies are looked for in everybody's notes.
        """
        found = {note.read: prints(note.lines) for notes in self.people.values() for note in notes}
        months = _months(self.people, found)
        asked = {_key(person) for person in wanted}
        for person in sorted(self.people):
            if asked and _key(person) not in asked:
                continue
            yield self._timeline(person, found, months)

    def unknown(self, wanted: Sequence[str]) -> list[str]:
        """Those of the people wanted of whom there is no note."""
        known = {_key(person) for person in self.people}
        return [person for person in wanted if _key(person) not in known]

    def counted(self) -> str:
        """How much was read, in words."""
        notes = count(sum(map(len, self.people.values())), "note")
        apart = f"; {count(len(self.apart), 'note')} on no timeline" if self.apart else ""
        unreadable = f"; {len(self.unreadable):,} of the inputs could not be read" if self.unreadable else ""
        return f"{notes} of {len(self.people):,} {'person' if len(self.people) == 1 else 'people'}{apart}{unreadable}"

    def why_nothing(self) -> str:
        """Why there is no timeline at all, in a sentence: what the first input or note lacks."""
        first = [result.error.message for result in self.unreadable] + [apart.reason for apart in self.apart]
        return first[0] if first else "The inputs hold no note."

    def _timeline(
        self,
        person: str,
        found: dict[int, Prints],
        months: dict[int, tuple[Origin, Sequence[Note]]],
    ) -> Timeline:
        notes = self.people[person]
        rows = []
        for one, own in zip(notes, from_own([found[one.read] for one in notes]), strict=True):
            others, same_month = months[one.read]
            copied = copies(found[one.read], own, notes, others, same_month)
            pasted = pasted_share(own, others)
            band, weak = one.banded(pasted)
            rows.append(
                NoteRow(
                    id=one.id,
                    source=one.source,
                    date=one.date,
                    recorded=one.recorded,
                    record_type=one.record_type,
                    reflection=band,
                    plan=one.plan,
                    weak=weak,
                    pasted=round(pasted, 4),
                    passages=passages(one, copied),
                    left_behind=tuple(left_behind(one, copied, notes)),
                )
            )
        return Timeline(
            person=person,
            notes=tuple(rows),
            tasks=tasks(notes),
            gaps=tuple(gaps(notes, self.policy)),
            late=tuple(late_records(notes, self.policy)),
            silences=tuple(silences(notes, rows)),
            remarks=self.remarks[person],
            named=_named(notes),
        )


def histories(results: Iterable[Assessment | Unreadable], policy: Policy) -> History:
    """Read assessments, once and in any order.

    Parameters
    ----------
    results : iterable of Assessment or Unreadable
    policy : Policy

    Returns
    -------
    History
    """
    people: dict[str, list[Note]] = defaultdict(list)
    called: dict[str, str] = {}
    apart, unreadable, models = [], [], {}
    for read, result in enumerate(results, start=1):
        if isinstance(result, Unreadable):
            unreadable.append(result)
            continue
        models[result.model] = None
        person = " ".join((result.person or "").split())
        if lacks := _lacks(result, person):
            apart.append(Apart(id=result.id, source=result.source, reason=lacks))
            continue
        people[called.setdefault(_key(person), person)].append(note(result, read))
    kept = {person: _in_order(notes) for person, notes in people.items()}
    return History(
        people={person: notes for person, (notes, _) in kept.items()},
        remarks={person: remarks for person, (_, remarks) in kept.items()},
        apart=tuple(apart),
        unreadable=tuple(unreadable),
        models=tuple(models),
        policy=policy,
    )


def _key(person: str) -> str:
    """One person, however the id is spaced and capitalised."""
    return " ".join(person.split()).casefold()


def _lacks(assessment: Assessment, person: str) -> str:
    """What keeps a note off every timeline, and what to do; empty where nothing does."""
    if not (person and assessment.date):
        what = "date" if person else "person" if assessment.date else "person and no date"
        return f"No {what}: fill in what is missing, or say in checker.toml which column holds it."
    if assessment.units and not any(unit.text for unit in assessment.units):
        return "No words to compare: give the notes themselves, or check them again without --no-text."
    return ""


def _in_order(notes: Sequence[Note]) -> tuple[tuple[Note, ...], tuple[str, ...]]:
    """A person's notes in date order, each once, and what there is to say of them."""
    remarks = []
    kept: dict[tuple[dt.date, str], Note] = {}
    for one in sorted(notes, key=lambda one: one.order):
        words = " ".join(" ".join(line.text for line in one.lines).split())
        first = kept.setdefault((one.date, words), one)
        if first is not one:
            remarks.append(
                f"{one.id} ({one.source}) is {first.id} ({first.source}) again, word for word and of the same day; it is counted once."
            )
    return tuple(kept.values()), tuple(remarks)


def _named(notes: Sequence[Note]) -> tuple[Quote, ...]:
    """The first line that gives each name, where a person's notes give more than one."""
    names: dict[str, Quote] = {}
    for one in notes:
        if one.about:
            names.setdefault(one.about.casefold(), quote(one, one.heading))
    return tuple(names.values()) if len(names) > 1 else ()


def _months(
    people: dict[str, tuple[Note, ...]], found: dict[int, Prints]
) -> dict[int, tuple[Origin, Sequence[Note]]]:
    """For each note, what it shares with an earlier note about another person of the same month."""
    months: dict[tuple[int, int], list[tuple[str, Note]]] = defaultdict(list)
    for person, notes in people.items():
        for one in notes:
            months[one.date.year, one.date.month].append((person, one))
    origins = {}
    for month in months.values():
        month.sort(key=lambda dated: dated[1].order)
        notes = [one for _, one in month]
        shared = from_others([found[one.read] for one in notes], [person for person, _ in month])
        origins |= {one.read: (origin, notes) for one, origin in zip(notes, shared, strict=True)}
    return origins
