"""A record on its way through labelling: its units, their labels so far, and what may not be."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from checker.codebook import ActionKind, Element, Flag, Label, RecordType, ReflectionBand, reflection_band
from checker.label import Labeller
from checker.record import LabelledUnit, Record, Unit
from checker.segment import segment
from training.corpus import CorpusError, GoldRecord, GoldUnit, LabelledAction

UNLABELLED = "unlabelled"
"""What a unit without a label is called in tools that cannot show a span without one."""

Word = TypeVar("Word", bound=StrEnum)


class DraftUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit to label.

    Attributes
    ----------
    start, end : int
        Span in the record's text, in code points.
    label : Label, optional
        None until somebody says it.
    flags, action
        As in `training.corpus.GoldUnit`.
    uncertainty : float, optional
        One minus the model's probability of its own label ("least confidence", Settles 2009).
    """

    start: int
    end: int
    label: Label | None = None
    flags: tuple[Flag, ...] = ()
    action: LabelledAction | None = None
    uncertainty: float | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A record to label; the fields are those of `training.corpus.GoldRecord`.

    Attributes
    ----------
    reflection : ReflectionBand, optional
        Where nobody says it, the codebook's rules derive it from the labels.
    by_model : bool
        Whether the labels are the model's and a person has yet to look at them.
    """

    id: str
    text: str
    units: tuple[DraftUnit, ...]
    author: str = ""
    reflection: ReflectionBand | None = None
    record_type: RecordType = RecordType.CASE
    service: str = ""
    date: str | None = None
    person: str | None = None
    team: str | None = None
    supervisor: str | None = None
    worker: str | None = None
    by_model: bool = False

    @property
    def is_labelled(self) -> bool:
        """Whether there are units and every one has its label."""
        return bool(self.units) and all(unit.label for unit in self.units)

    @property
    def uncertainty(self) -> float:
        """The mean of its units' uncertainty, 0 where no model was asked."""
        return sum(unit.uncertainty or 0.0 for unit in self.units) / max(1, len(self.units))


METADATA = ("author", "record_type", "service", "date", "person", "team", "supervisor", "worker")
"""What goes with a record through every form, beside its id, its text and its band."""


def draft_of_gold(record: GoldRecord, labeller: Labeller | None = None, blank: bool = False) -> Draft:
    """A labelled record, its own units kept, to look at again or (`blank`) to label a second time."""
    units = [
        DraftUnit(start=u.start, end=u.end, label=u.label, flags=u.flags, action=u.action)
        for u in record.units
    ]
    if blank:
        units = [DraftUnit(start=u.start, end=u.end) for u in units]
    if labeller:
        cut = [Unit(u.start, u.end, record.text[u.start : u.end], 0) for u in units]
        doubt = [round(1 - u.probability, 4) for u in labeller.label(cut).units]
        units = [msgspec.structs.replace(u, uncertainty=d) for u, d in zip(units, doubt, strict=True)]
    return Draft(
        id=record.id,
        text=record.text,
        units=tuple(units),
        reflection=None if blank else record.reflection,
        **{name: getattr(record, name) for name in METADATA},
    )


def draft_of_record(record: Record, labeller: Labeller | None = None, fill: bool = False) -> Draft:
    """A record as read, cut into units.

    Parameters
    ----------
    record : Record
    labeller : Labeller, optional
        The model that says how uncertain each unit is.
    fill : bool
        Whether to put the model's labels in, for a person to correct.

    Returns
    -------
    Draft
        Its author is the record's supervisor, who most often writes it, or else the worker.
    """
    cut = segment(record.text)
    if labeller:
        units = [_drafted(unit, fill) for unit in labeller.label(cut).units]
    else:
        units = [DraftUnit(start=unit.start, end=unit.end) for unit in cut]
    return Draft(
        id=record.id,
        text=record.text,
        units=tuple(units),
        author=record.supervisor or record.worker or "",
        record_type=record.record_type,
        service=record.service or "",
        date=record.date.isoformat() if record.date else None,
        person=record.person,
        team=record.team,
        supervisor=record.supervisor,
        worker=record.worker,
        by_model=fill,
    )


def _drafted(unit: LabelledUnit, fill: bool) -> DraftUnit:
    doubt = round(1 - unit.probability, 4)
    if not fill:
        return DraftUnit(start=unit.start, end=unit.end, uncertainty=doubt)
    action = None
    if unit.label is Label.ACTION:
        scores = {element.value: score for element, score in unit.action.elements.items()}
        action = LabelledAction(**scores, kind=unit.action.kind)
    return DraftUnit(
        start=unit.start, end=unit.end, label=unit.label, flags=unit.flags, action=action, uncertainty=doubt
    )


def most_uncertain_first(drafts: Iterable[Draft]) -> list[Draft]:
    """Records in the order in which labelling them teaches the model most."""
    return sorted(drafts, key=lambda draft: -draft.uncertainty)


def codebook_word(kind: type[Word], word: str, where: str) -> Word:
    """The codebook's own word, or a CorpusError that says `where` and offers the nearest."""
    spelt = word.strip().lower().replace(" ", "_")
    try:
        return kind(spelt)
    except ValueError:
        near = difflib.get_close_matches(spelt, list(kind), n=1)
        hint = f"did you mean “{near[0]}”?" if near else f"it may be {', '.join(kind)}."
        raise CorpusError(f"{where}: “{word}” is not in the codebook; {hint}") from None


def draft_unit(
    start: int,
    end: int,
    label: Label | None,
    flags: Iterable[Flag],
    scores: Mapping[Element, int],
    kind: ActionKind | None,
    where: str,
) -> DraftUnit:
    """One unit from what a person marked; an element that is not marked scores 0.

    Scores on a unit that is no action do not count: correcting a label leaves them behind.
    """
    action = None
    if label is Label.ACTION:
        for element, score in scores.items():
            if score not in (0, 1, 2):
                raise CorpusError(f"{where}: “{element}” is {score}; it may be 0, 1 or 2.")
        if kind is None:
            raise CorpusError(f"{where} is an action without its kind; say {' or '.join(ActionKind)}.")
        action = LabelledAction(**{e.value: scores.get(e, 0) for e in Element}, kind=kind)
    present = set(flags)
    return DraftUnit(
        start=start, end=end, label=label, flags=tuple(f for f in Flag if f in present), action=action
    )


def in_order(units: Iterable[tuple[DraftUnit, str]], text: str) -> tuple[DraftUnit, ...]:
    """Units, each with where it stands, by their place in the text; CorpusError where they cannot be."""
    ordered = sorted(units, key=lambda unit: unit[0].start)
    before = 0
    for unit, where in ordered:
        if not 0 <= unit.start < unit.end <= len(text):
            raise CorpusError(
                f"{where}: the span {unit.start}–{unit.end} lies outside the text, which has {len(text)} characters."
            )
        if unit.start < before:
            raise CorpusError(
                f"{where}: the span {unit.start}–{unit.end} overlaps the unit before it; each word belongs to one unit."
            )
        before = unit.end
    return tuple(unit for unit, _ in ordered)


def gold(draft: Draft, source: str, author: str | None = None) -> GoldRecord:
    """A labelled draft as a line of the corpus.

    Raises
    ------
    CorpusError
        Where neither the record nor `author` says who wrote it.
    """
    if not (draft.author or author):
        raise CorpusError(
            f"{source}: the record “{draft.id}” has no author; say who wrote it (a code will do), so that records by one hand stay together."
        )
    units = tuple(
        GoldUnit(start=u.start, end=u.end, label=u.label, flags=u.flags, action=u.action) for u in draft.units
    )
    fields = {name: getattr(draft, name) for name in METADATA} | {"author": draft.author or author}
    return GoldRecord(
        id=draft.id,
        text=draft.text,
        units=units,
        reflection=draft.reflection or band_by_rule(draft.text, units),
        **fields,
    )


def band_by_rule(text: str, units: Sequence[GoldUnit]) -> ReflectionBand:
    """The reflection band that the codebook's rules give a labelled record."""
    words = sum(len(text[u.start : u.end].split()) for u in units if u.label is not Label.ADMIN)
    return reflection_band((u.label for u in units), words)
