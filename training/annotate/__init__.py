"""Labelling by people: records out to Label Studio, doccano or Excel, and their labels back in."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from training.annotate import doccano, excel, label_studio, worksheet
from training.annotate.draft import Draft, gold
from training.corpus import CorpusError, GoldRecord


class Form(StrEnum):
    """The three kinds of file that labelling goes through."""

    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"
    EXCEL = "excel"


_WRITERS = {Form.LABEL_STUDIO: label_studio.write, Form.DOCCANO: doccano.write, Form.EXCEL: worksheet.write}
_READERS = {Form.LABEL_STUDIO: label_studio.read, Form.DOCCANO: doccano.read, Form.EXCEL: excel.read}
_ENDINGS = {".json": Form.LABEL_STUDIO, ".jsonl": Form.DOCCANO, ".xlsx": Form.EXCEL}


class Annotations(msgspec.Struct, frozen=True):
    """What a labelled file holds.

    Attributes
    ----------
    records : tuple of GoldRecord
        The records of which every unit is labelled.
    unfinished : tuple of str
        The ids of the others, which are left out.
    """

    records: tuple[GoldRecord, ...]
    unfinished: tuple[str, ...]


def form_of(path: str | Path) -> Form:
    """The form that a file's ending stands for; `CorpusError` where it stands for none."""
    try:
        return _ENDINGS[Path(path).suffix.lower()]
    except KeyError:
        raise CorpusError(
            f"{path} ends in none of .json (Label Studio), .jsonl (doccano) and .xlsx (Excel); rename it."
        ) from None


def write_for_labelling(drafts: Sequence[Draft], path: str | Path) -> list[Path]:
    """Write records for people to label.

    Parameters
    ----------
    drafts : sequence of Draft
        See `training.annotate.draft`; those with the most uncertain units first.
    path : path
        Its ending says the form: ``.json``, ``.jsonl`` or ``.xlsx``.

    Returns
    -------
    list of Path
        The file, and for Label Studio and doccano a second one that sets up the project's labels.

    Raises
    ------
    CorpusError
        Where the ending stands for no form.
    """
    return _WRITERS[form_of(path)](drafts, Path(path))


def read_annotations(path: str | Path, author: str | None = None) -> Annotations:
    """Read and check what people labelled.

    Parameters
    ----------
    path : path
        A Label Studio JSON export, a doccano JSONL export, or a sheet that `write_for_labelling` wrote.
    author : str, optional
        Who wrote the records that name no author. Records by one hand must share it, because a model
        may not be tested on a hand that it learned from.

    Returns
    -------
    Annotations

    Raises
    ------
    CorpusError
        On the first mistake, with its file, its line, row or task, and what to do.
    """
    try:
        drafts = _READERS[form_of(path)](Path(path))
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}.") from None
    seen = set()
    for draft in drafts:
        if draft.id in seen:
            raise CorpusError(f"{path}: the record “{draft.id}” stands twice; take one of the two out.")
        seen.add(draft.id)
    finished = [draft for draft in drafts if draft.is_labelled]
    return Annotations(
        records=tuple(gold(draft, str(path), author) for draft in finished),
        unfinished=tuple(draft.id for draft in drafts if not draft.is_labelled),
    )
