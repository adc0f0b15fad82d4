"""Copies among labelled records, which would let a model be tested on what it learned by heart."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from rapidfuzz import fuzz, process

from training.corpus import GoldRecord, Split

MINIMUM_WORDS = 6
"""Shorter sentences ("SW to update chronology.") are alike by chance."""

NEARLY = 90
"""Alike from this similarity on: `rapidfuzz.fuzz.ratio`, 0 to 100, of words in lower case without stops.
A sentence of ten words with one word swapped for another of its length is at the threshold."""

RECORD_SHARE = 0.5
"""Two records are near-duplicates when this share of the shorter one's sentences stands in the other."""

_BLOCK = 512


class Place(msgspec.Struct, frozen=True, order=True):
    """One sentence: its record and its span there."""

    record: str
    start: int
    end: int


class SharedSentence(msgspec.Struct, frozen=True):
    """A sentence that stands, word for word or nearly, in two records."""

    a: Place
    b: Place
    similarity: float


class NearRecords(msgspec.Struct, frozen=True):
    """Two records that share much of their text; `share` is of the shorter one's sentences."""

    a: str
    b: str
    share: float


class Duplicates(msgspec.Struct, frozen=True):
    """What was found among records.

    Attributes
    ----------
    sentences : tuple of SharedSentence
        Between records by different authors. One author's records share text on purpose (a series
        carries its actions over), and stay on one side of a split.
    within_author : int
        How many sentences one author's records share.
    records : tuple of NearRecords
        By different authors.
    crossing : tuple of SharedSentence
        Those of `sentences` whose records stand in different parts of the split.
    """

    sentences: tuple[SharedSentence, ...]
    within_author: int
    records: tuple[NearRecords, ...]
    crossing: tuple[SharedSentence, ...]


def find(records: Sequence[GoldRecord], split: Split | None = None) -> Duplicates:
    """Find what records share.

    Parameters
    ----------
    records : sequence of GoldRecord
    split : Split, optional
        Without it nothing crosses.

    Returns
    -------
    Duplicates
        Each pair of sentences once, in the order of the records.
    """
    author = {record.id: record.author for record in records}
    part = {id: name for name in split.__struct_fields__ for id in getattr(split, name)} if split else {}
    shared = sorted(_shared(records), key=lambda s: (s.a, s.b))
    apart = [s for s in shared if author[s.a.record] != author[s.b.record]]
    return Duplicates(
        sentences=tuple(apart),
        within_author=len(shared) - len(apart),
        records=tuple(_near_records(records, apart)),
        crossing=tuple(s for s in apart if part.get(s.a.record) != part.get(s.b.record)),
    )


def remove(records: Sequence[GoldRecord], split: Split, found: Duplicates) -> list[GoldRecord]:
    """Records without copies.

    Of two near-duplicate records the one goes that stands further from the test part, or else the
    later one. A sentence that crosses the split goes from the labels of that record alone, whose text
    stays as it is. What is tested on stays whole, so that figures remain comparable.
    """
    rank = {
        id: place
        for place, name in enumerate(("train", "development", "test"))
        for id in getattr(split, name)
    }
    order = {record.id: place for place, record in enumerate(records)}

    def goes(a: str, b: str) -> str:
        return min(a, b, key=lambda id: (rank.get(id, -1), -order[id]))

    gone: set[str] = set()
    for pair in found.records:
        if not {pair.a, pair.b} & gone:
            gone.add(goes(pair.a, pair.b))
    spans = {p for s in found.crossing for p in (s.a, s.b) if p.record == goes(s.a.record, s.b.record)}
    kept = []
    for record in records:
        units = tuple(u for u in record.units if Place(record.id, u.start, u.end) not in spans)
        if record.id not in gone and units:
            kept.append(msgspec.structs.replace(record, units=units))
    return kept


def _sentences(record: GoldRecord) -> Iterator[tuple[str, Place]]:
    for unit, text in zip(record.units, record.unit_texts, strict=True):
        words = re.findall(r"\w+", text.casefold())
        if len(words) >= MINIMUM_WORDS:
            yield " ".join(words), Place(record.id, unit.start, unit.end)


def _shared(records: Sequence[GoldRecord]) -> Iterator[SharedSentence]:
    """Every two alike sentences of two records."""
    places: dict[str, list[Place]] = defaultdict(list)
    for record in records:
        for words, place in _sentences(record):
            places[words].append(place)
    sentences = sorted(places, key=len)
    lengths = np.array([len(sentence) for sentence in sentences])
    for first in range(0, len(sentences), _BLOCK):
        block = sentences[first : first + _BLOCK]
        # A sentence longer than this cannot be as alike to the block's longest: fuzz.ratio is at most
        # 2 * shorter / (shorter + longer).
        last = int(np.searchsorted(lengths, lengths[first + len(block) - 1] * (200 / NEARLY - 1), "right"))
        near = process.cdist(block, sentences[first:last], scorer=fuzz.ratio, score_cutoff=NEARLY)
        for i, j in zip(*np.nonzero(near), strict=True):
            if i <= j:
                yield from _pairs(places[block[i]], places[sentences[first + j]], i == j, float(near[i, j]))


def _pairs(left: list[Place], right: list[Place], same: bool, alike: float) -> Iterator[SharedSentence]:
    for i, a in enumerate(left):
        for b in right[i + 1 :] if same else right:
            if a.record != b.record:
                yield SharedSentence(*sorted((a, b)), round(alike, 1))


def _near_records(records: Sequence[GoldRecord], shared: Sequence[SharedSentence]) -> Iterator[NearRecords]:
    sentences = {record.id: sum(1 for _ in _sentences(record)) for record in records}
    between: dict[tuple[str, str], list[SharedSentence]] = defaultdict(list)
    for pair in shared:
        between[pair.a.record, pair.b.record].append(pair)
    for (a, b), pairs in sorted(between.items()):
        alike = min(len({p.a for p in pairs}), len({p.b for p in pairs}))
        shorter = min(sentences[a], sentences[b])
        if alike / shorter >= RECORD_SHARE:
            yield NearRecords(a, b, alike / shorter)
