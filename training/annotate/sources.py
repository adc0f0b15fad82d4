"""Where drafts come from: anything that `checker` reads, and labelled records."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from checker.label import Labeller
from checker.read import read
from checker.record import Unreadable
from checker.settings import Settings
from training import corpus
from training.annotate.draft import Draft, draft_of_gold, draft_of_record, most_uncertain_first


class Drafts(msgspec.Struct, frozen=True):
    """Records to label, and the inputs that could not be read."""

    records: tuple[Draft, ...]
    unreadable: tuple[Unreadable, ...]


def drafts(
    inputs: Sequence[str | Path], settings: Settings, labeller: Labeller | None = None, fill: bool = False
) -> Drafts:
    """Cut records into units to label.

    Parameters
    ----------
    inputs : sequence of path
        Notes and tables that `checker` reads. A JSONL file of labelled records keeps its own units.
    settings : Settings
        What a table's columns are called.
    labeller : Labeller, optional
        The model whose least certain records come first; without it the inputs' order is kept.
    fill : bool
        Whether to fill in the labels: those that a labelled record has, for others the model's.

    Returns
    -------
    Drafts

    Raises
    ------
    CorpusError
        Where a file of labelled records is malformed.
    """
    found: list[Draft] = []
    unreadable = []
    for path in inputs:
        if _is_labelled(Path(path)):
            found += [draft_of_gold(record, labeller, blank=not fill) for record in corpus.read(path)]
            continue
        for record in read([path], settings):
            if isinstance(record, Unreadable):
                unreadable.append(record)
            else:
                found.append(draft_of_record(record, labeller, fill))
    return Drafts(tuple(most_uncertain_first(_apart(found))), tuple(unreadable))


def _is_labelled(path: Path) -> bool:
    """Whether a file's first line is a record with its units."""
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return False
    with path.open("rb") as lines:
        try:
            return "units" in msgspec.json.decode(lines.readline(), type=dict[str, msgspec.Raw])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return False


def _apart(found: Iterable[Draft]) -> Iterator[Draft]:
    """Notes of one name from two folders get ids of their own."""
    seen: set[str] = set()
    for draft in found:
        id, number = draft.id, 1
        while id in seen:
            number += 1
            id = f"{draft.id}-{number}"
        seen.add(id)
        yield msgspec.structs.replace(draft, id=id)
