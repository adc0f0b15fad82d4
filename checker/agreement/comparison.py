"""Two readers of the same notes, compared mark by mark, and the notes that they judge differently."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from checker.agreement.measures import FEWEST, Measure, alpha, kappa, tabulate, with_interval
from checker.codebook import Flag, PlanBand, ReflectionBand
from checker.report.words import count, plain
from checker.sampling.design import Draw
from checker.sampling.size import wilson
from checker.worksheet import CRITERIA, SHOWED_THE_TOOL, AuditedRecord, Judgement
from checker.worksheet.layout import NO, YES, Column

AUDITOR, SECOND, TOOL = "auditor", "second auditor", "tool"

LOPSIDED = 0.9
"""From this share of one and the same mark on, kappa says little, however well the readers agree."""

_READERS: dict[str, Callable[[AuditedRecord], Judgement]] = {
    AUDITOR: lambda record: record.auditor,
    SECOND: lambda record: record.second,
    TOOL: lambda record: record.tool,
}


class Aspect(msgspec.Struct, frozen=True, kw_only=True):
    """How far two readers agree on one thing that they mark.

    Attributes
    ----------
    title : str
        The column of the worksheet.
    marks : tuple of str
        The marks that it may have; bands from the lowest.
    counts : tuple of tuple of int
        How many notes got which pair of marks: rows the first reader's, columns the second's.
    same : Measure, optional
        The share of notes marked alike, with Wilson's interval; None where no note was marked by both.
    kappa, alpha : Measure, optional
        None where `remark` says why.
    remark : str
        What to bear in mind, in a sentence; often empty.
    """

    title: str
    marks: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    same: Measure | None = None
    kappa: Measure | None = None
    alpha: Measure | None = None
    remark: str = ""

    @property
    def notes(self) -> int:
        """Notes that both readers marked."""
        return sum(map(sum, self.counts))

    @property
    def first(self) -> tuple[int, ...]:
        """How often the first reader gave each mark: its prevalence."""
        return tuple(map(sum, self.counts))

    @property
    def second(self) -> tuple[int, ...]:
        """How often the second reader gave each mark."""
        return tuple(map(sum, zip(*self.counts, strict=True)))


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One mark that two readers gave differently."""

    title: str
    first: str
    second: str


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A note on whose bands or weakness two readers differ.

    Attributes
    ----------
    id, source : str
    steps : int
        How many bands they are apart, reflection and plan together, and one more where one calls the
        note weak and the other does not.
    differences : tuple of Difference
        Of everything that was marked, the criteria included.
    first_reasons, second_reasons : str
        In the readers' own words; for the tool, the lines that its bands rest on.
    draw : Draw
    """

    id: str
    source: str
    steps: int
    differences: tuple[Difference, ...]
    first_reasons: str
    second_reasons: str
    draw: Draw


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two readers compared; `disagreements` stand largest first."""

    first: str
    second: str
    aspects: tuple[Aspect, ...]
    disagreements: tuple[Disagreement, ...]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What an audited worksheet says of agreement.

    Attributes
    ----------
    notes : int
        Notes on the worksheet.
    marked, marked_second : int
        Notes that each auditor has begun to mark.
    empty : tuple of str
        Cells left empty in rows that were begun.
    comparisons : tuple of Comparison
    remarks : tuple of str
        What to bear in mind of the worksheet as a whole.
    """

    notes: int
    marked: int
    marked_second: int
    empty: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    remarks: tuple[str, ...]


class _Marked(msgspec.Struct, frozen=True):
    """Something that is marked: its column, the marks in order, and where a judgement keeps it."""

    title: str
    marks: tuple[Any, ...]
    in_order: bool
    of: Callable[[Judgement], Any]

    def words(self, mark: Any) -> str:
        return (YES if mark else NO) if isinstance(mark, bool) else plain(mark)

    def apart(self, first: Judgement, second: Judgement) -> int:
        """How many marks lie between the two; 0 where either is open."""
        if None in (self.of(first), self.of(second)):
            return 0
        return abs(self.marks.index(self.of(first)) - self.marks.index(self.of(second)))


def _criterion(flag: Flag) -> Callable[[Judgement], bool | None]:
    return lambda judgement: judgement.criteria.get(flag)


_BANDS_AND_WEAK = (
    _Marked(Column.REFLECTION, tuple(ReflectionBand), True, lambda judgement: judgement.reflection),
    _Marked(Column.PLAN, tuple(PlanBand), True, lambda judgement: judgement.plan),
    _Marked(Column.WEAK, (True, False), False, lambda judgement: judgement.weak),
)
_ALL = _BANDS_AND_WEAK + tuple(
    _Marked(title, (True, False), False, _criterion(flag)) for flag, title in CRITERIA.items()
)


def compare_readers(records: Sequence[AuditedRecord], text: bool = True) -> Agreement:
    """Compare each auditor with the tool, and the auditors with each other.

    Parameters
    ----------
    records : sequence of AuditedRecord
        From `checker.worksheet.read_worksheet`; what was left open is passed over, mark by mark.
    text : bool
        Whether disagreements quote reasons and lines of the notes.

    Returns
    -------
    Agreement
        A comparison is there where both readers have marked anything.
    """
    begun = {
        reader: sum(of(record).is_begun for record in records) for reader, of in _READERS.items() if records
    }
    pairs = ((AUDITOR, TOOL), (SECOND, TOOL), (AUDITOR, SECOND))
    return Agreement(
        notes=len(records),
        marked=begun.get(AUDITOR, 0),
        marked_second=begun.get(SECOND, 0),
        empty=tuple(cell for record in records for cell in record.empty),
        comparisons=tuple(
            _compare(records, first, second, text)
            for first, second in pairs
            if begun.get(first) and begun.get(second)
        ),
        remarks=tuple(_remarks(records)),
    )


def _remarks(records: Sequence[AuditedRecord]) -> list[str]:
    remarks = []
    if any(record.revealed for record in records):
        remarks.append(SHOWED_THE_TOOL)
    if any(record.draw is Draw.RISK for record in records):
        remarks.append(
            "This is a risk list: its figures hold for these notes, and not for all notes of the export."
        )
    among = [r for r in records if r.draw is Draw.AMONG_RISK and r.auditor.weak is not None]
    if among:
        missed = sum(bool(r.auditor.weak) and not r.tool.weak for r in among)
        remarks.append(
            f"{count(len(among), 'note')} of it drawn at random from what the tool did not put on the list: "
            f"the auditor found {missed} weak that the tool had not flagged."
        )
    return remarks


def _compare(records: Sequence[AuditedRecord], first: str, second: str, text: bool) -> Comparison:
    both = [(record, _READERS[first](record), _READERS[second](record)) for record in records]
    both = [(record, a, b) for record, a, b in both if a.is_begun and b.is_begun]
    found = [_disagreement(record, a, b, text) for record, a, b in both]
    return Comparison(
        first=first,
        second=second,
        aspects=tuple(_aspect(marked, [(a, b) for _, a, b in both]) for marked in _ALL),
        disagreements=tuple(sorted((d for d in found if d.steps), key=lambda d: (-d.steps, d.id, d.source))),
    )


def _aspect(marked: _Marked, judged: Sequence[tuple[Judgement, Judgement]]) -> Aspect:
    pairs = [(marked.of(first), marked.of(second)) for first, second in judged]
    pairs = [
        (marked.marks.index(a), marked.marks.index(b)) for a, b in pairs if a is not None and b is not None
    ]
    counts = tabulate([a for a, _ in pairs], [b for _, b in pairs], len(marked.marks))
    aspect = Aspect(
        title=marked.title,
        marks=tuple(map(marked.words, marked.marks)),
        counts=tuple(tuple(map(int, row)) for row in counts),
    )
    notes, alike = len(pairs), int(counts.trace())
    if not notes:
        return msgspec.structs.replace(aspect, remark="No note was marked by both.")
    interval = wilson(alike, notes)
    aspect = msgspec.structs.replace(aspect, same=Measure(alike / notes, interval.low, interval.high))
    if notes < FEWEST:
        why = f"No kappa or alpha from {count(notes, 'note')}: below {FEWEST}, one note more or less would change it too much to mean anything."
        return msgspec.structs.replace(aspect, remark=why)
    found = {measure.__name__: with_interval(counts, marked.in_order, measure) for measure in (kappa, alpha)}
    return msgspec.structs.replace(aspect, **found, remark=_remark(counts, notes))


def _remark(counts: Any, notes: int) -> str:
    most = max(min(a, b) for a, b in zip(counts.sum(0), counts.sum(1), strict=True))
    if most == notes:
        return "No kappa or alpha: every note got the same mark from both, so it cannot be told from chance."
    if most >= LOPSIDED * notes:
        return "Nearly all notes got one and the same mark, which makes kappa and alpha low and unsteady even between readers who agree."
    return ""


def _disagreement(record: AuditedRecord, first: Judgement, second: Judgement, text: bool) -> Disagreement:
    differences = tuple(
        Difference(
            title=marked.title, first=marked.words(marked.of(first)), second=marked.words(marked.of(second))
        )
        for marked in _ALL
        if marked.apart(first, second)
    )
    return Disagreement(
        id=record.id,
        source=record.source,
        steps=sum(marked.apart(first, second) for marked in _BANDS_AND_WEAK),
        differences=differences,
        first_reasons=first.reasons if text else "",
        second_reasons=second.reasons if text else "",
        draw=record.draw,
    )
