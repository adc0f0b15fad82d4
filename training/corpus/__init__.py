"""Labelled records: read, checked line by line, and split by the voice that wrote them."""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

import msgspec

from checker.codebook import (
    ActionBand,
    ActionKind,
    Element,
    Flag,
    Label,
    PlanBand,
    RecordType,
    ReflectionBand,
    action_band,
    is_weak,
    plan_band,
)

CORPUS = Path(__file__).with_name("corpus.jsonl")
SPLIT = Path(__file__).with_name("split.json")


class CorpusError(Exception):
    """Labelled records cannot be used; the message says which line, why, and what to do."""


class LabelledAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The six elements, 0 to 2, and the kind that an annotator gave an action."""

    what: int
    who: int
    when: int
    why: int
    check: int
    if_not: int
    kind: ActionKind

    @property
    def elements(self) -> dict[Element, int]:
        """The six scores by element."""
        return {element: getattr(self, element) for element in Element}


class GoldUnit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit as an annotator labelled it; ``start`` and ``end`` are offsets into the record's text."""

    start: int
    end: int
    label: Label
    flags: tuple[Flag, ...] = ()
    action: LabelledAction | None = None


class GoldRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A labelled record: one line of the corpus."""

    id: str
    author: str
    text: str
    units: tuple[GoldUnit, ...]
    reflection: ReflectionBand
    record_type: RecordType = RecordType.CASE
    service: str = ""
    date: str | None = None
    person: str | None = None
    team: str | None = None
    supervisor: str | None = None
    worker: str | None = None

    @property
    def unit_texts(self) -> list[str]:
        """The text of each unit."""
        return [self.text[unit.start : unit.end] for unit in self.units]

    @property
    def plan(self) -> PlanBand:
        """The plan band that the codebook's rules derive from the labels."""
        bands = [action_band(unit.action.elements) for unit in self.units if unit.action]
        return plan_band(len(bands), sum(b in (ActionBand.SPECIFIC, ActionBand.PURPOSEFUL) for b in bands))

    @property
    def weak(self) -> bool:
        """Whether the codebook's rules make the record weak, given the band an annotator gave it."""
        decisions = [unit.flags for unit in self.units if unit.label is Label.DECISION]
        return is_weak(self.record_type, self.reflection, self.plan, decisions)


def read(path: str | Path = CORPUS) -> list[GoldRecord]:
    """Read and check labelled records.

    Parameters
    ----------
    path : path
        JSON lines, one record a line.

    Returns
    -------
    list of GoldRecord

    Raises
    ------
    CorpusError
        On the first malformed line, with its number and the reason.
    """
    path = Path(path)
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}.") from error
    records = []
    seen = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = msgspec.json.decode(line, type=GoldRecord)
            _check(record)
            if record.id in seen:
                raise ValueError(f"the id “{record.id}” stands twice")
        except (ValueError, msgspec.MsgspecError) as error:
            raise CorpusError(f"{path}, line {number}: {error}.") from error
        seen.add(record.id)
        records.append(record)
    if not records:
        raise CorpusError(f"{path} holds no record.")
    return records


def _check(record: GoldRecord) -> None:
    """Raise ValueError where a record breaks a rule that its types cannot state."""
    end = 0
    for unit in record.units:
        where = f"unit {unit.start}–{unit.end} of “{record.id}”"
        if not 0 <= unit.start < unit.end <= len(record.text):
            raise ValueError(f"{where} lies outside the text, which has {len(record.text)} characters")
        if unit.start < end:
            raise ValueError(f"{where} overlaps the unit before it")
        end = unit.end
        if (unit.label is Label.ACTION) != (unit.action is not None):
            raise ValueError(
                f"{where} is labelled {unit.label}; action elements belong to actions alone, and to each"
            )
        if unit.action and not all(grade in (0, 1, 2) for grade in unit.action.elements.values()):
            raise ValueError(f"{where} has an action element other than 0, 1 or 2")


def fingerprint(records: Sequence[GoldRecord]) -> str:
    """A SHA-256 over labelled records in their order, which a model trained on them carries."""
    return hashlib.sha256(msgspec.json.encode(records)).hexdigest()


def groups(records: Sequence[GoldRecord]) -> list[set[str]]:
    """Sets of record ids that must stay on one side of a split.

    Records by one author stay together, and so do the records of one person or of siblings (in the
    corpus a person's series and siblings have one author).
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for record in records:
        for key in (f"author {record.author}", f"person {record.person}" if record.person else None):
            if key:
                parent[root(key)] = root(f"id {record.id}")
    together: dict[str, set[str]] = {}
    for record in records:
        together.setdefault(root(f"id {record.id}"), set()).add(record.id)
    return list(together.values())


class Split(msgspec.Struct, frozen=True):
    """Record ids by part."""

    train: tuple[str, ...]
    development: tuple[str, ...]
    test: tuple[str, ...]

    def take(self, part: str, records: Sequence[GoldRecord]) -> list[GoldRecord]:
        """The records of one part (``train``, ``development`` or ``test``), in corpus order."""
        wanted = set(getattr(self, part))
        return [record for record in records if record.id in wanted]


LATER_SETS = ("t20", "t21")
"""Sets written after the split was drawn. They only train, so that figures before and after compare."""


def split(
    records: Sequence[GoldRecord],
    seed: int = 17,
    development: float = 0.15,
    test: float = 0.2,
    only_train: Sequence[str] = LATER_SETS,
) -> Split:
    """Split records into train, development and test, whole groups at a time.

    Groups are dealt set by set (the part of an id before its first hyphen), so that every set of the
    corpus, and with it every kind of record, stands in each part as far as its authors allow.

    Parameters
    ----------
    records : sequence of GoldRecord
    seed : int
    development, test : float
        Wanted shares of the records.
    only_train : sequence of str
        Sets that are not dealt but train whole.

    Returns
    -------
    Split

    Raises
    ------
    CorpusError
        With fewer than ten records, or fewer than three groups: no honest split exists then.
    """
    later = [record.id for record in records if record.id.split("-")[0] in only_train]
    records = [record for record in records if record.id not in set(later)]
    together = groups(records)
    if len(records) < 10:
        raise CorpusError(
            f"At least ten labelled records are needed to train and to test; here are {len(records)}."
        )
    if len(together) < 3:
        raise CorpusError(
            "The labelled records come from fewer than three authors, so no honest split exists: "
            "a model tested on the hand that it learned from looks better than it is. Add other authors."
        )
    rng = random.Random(seed)
    rng.shuffle(together)
    together.sort(key=lambda ids: min(ids).split("-")[0])  # stable: shuffled within a set
    parts: dict[str, list[str]] = {"train": [], "development": [], "test": []}
    share = {"train": 1 - development - test, "development": development, "test": test}
    for position, ids in enumerate(together, 1):
        dealt = sum(map(len, parts.values())) + len(ids)
        part = max(parts, key=lambda name: (share[name] * dealt - len(parts[name]), name))
        if position > len(together) - 3:  # no part stays empty
            part = next((name for name in parts if not parts[name]), part)
        parts[part].extend(ids)
    parts["train"] += later
    return Split(**{name: tuple(sorted(ids)) for name, ids in parts.items()})


def shipped_split() -> Split:
    """The split of the corpus that the shipped model and every published figure rest on."""
    return msgspec.json.decode(SPLIT.read_bytes(), type=Split)
