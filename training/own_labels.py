"""A council's own labelled records beside the corpus, with one honest split over both."""

from collections.abc import Sequence
from pathlib import Path

from training.corpus import CorpusError, GoldRecord, Split, read, shipped_split, split


def read_own(paths: Sequence[str | Path]) -> list[GoldRecord]:
    """Read several files of labelled records as one.

    Raises
    ------
    CorpusError
        Where a file is malformed, or a record stands in two of them or in the corpus.
    """
    known = {record.id: "the corpus" for record in read()}
    own = []
    for path in paths:
        for record in read(path):
            if record.id in known:
                raise CorpusError(
                    f"{path}: the id “{record.id}” stands in {known[record.id]} too; give the record another id."
                )
            known[record.id] = str(path)
            own.append(record)
    return own


def corpus_and_own(own: Sequence[GoldRecord]) -> tuple[list[GoldRecord], Split]:
    """The corpus with its own split, and a council's records split beside it.

    Parameters
    ----------
    own : sequence of GoldRecord
        May be empty. Their split depends on nothing but themselves, so that what was trained on one day
        is not tested on the next.

    Returns
    -------
    records : list of GoldRecord
    split : Split

    Raises
    ------
    CorpusError
        Where the council's records are too few, or by too few authors, for an honest split.
    """
    shipped = shipped_split()
    if not own:
        return read(), shipped
    added = split(own)
    parts = {name: getattr(shipped, name) + getattr(added, name) for name in Split.__struct_fields__}
    return [*read(), *own], Split(**parts)
