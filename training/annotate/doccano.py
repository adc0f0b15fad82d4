"""doccano: sequence labelling, JSON lines in and out.

doccano has one kind of mark, a label on a span. A unit therefore carries several on the same words:
its label, its flags, and for an action what it scores, such as ``when=2``, and ``kind=change``. The
project must allow overlapping spans.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from checker.codebook import ActionKind, Element, Flag, Label, RecordType, ReflectionBand
from training.annotate.draft import (
    METADATA,
    UNLABELLED,
    Draft,
    DraftUnit,
    codebook_word,
    draft_unit,
    in_order,
)
from training.annotate.offsets import Sixteen
from training.corpus import CorpusError

_COLOURS = ("#2166ac", "#b2182b", "#5aae61", "#9970ab", "#d6604d", "#4393c3", "#8c6d31", "#525252")


class Entity(msgspec.Struct):
    """A mark as newer projects, with relations, write it."""

    label: str
    start_offset: int
    end_offset: int


class Line(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One record; `record` is its id, because doccano gives every line an `id` of its own."""

    text: str
    label: tuple[tuple[int, int, str], ...] = ()
    labels: tuple[tuple[int, int, str], ...] = ()
    entities: tuple[Entity, ...] = ()
    id: Any = None
    record: str = ""
    reflection: ReflectionBand | None = None
    author: str = ""
    record_type: RecordType = RecordType.CASE
    service: str = ""
    date: str | None = None
    person: str | None = None
    team: str | None = None
    supervisor: str | None = None
    worker: str | None = None

    @property
    def marks(self) -> list[tuple[int, int, str]]:
        """Every mark, whichever way it is written."""
        return [*self.label, *self.labels, *((e.start_offset, e.end_offset, e.label) for e in self.entities)]


def write(drafts: Sequence[Draft], path: Path) -> list[Path]:
    """Write records, and beside them the label types to import into the project."""
    path.write_bytes(b"".join(msgspec.json.encode(_line(draft)) + b"\n" for draft in drafts))
    words = [*Label, UNLABELLED, *Flag]
    words += [f"{e}={score}" for e in Element for score in (1, 2)] + [f"kind={k}" for k in ActionKind]
    types = [
        {"text": str(word), "background_color": _COLOURS[i % len(_COLOURS)], "text_color": "#ffffff"}
        for i, word in enumerate(words)
    ]
    beside = path.with_suffix(".label-types.json")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(types), indent=1) + b"\n")
    return [path, beside]


def _line(draft: Draft) -> Line:
    sixteen = Sixteen(draft.text)
    marks = tuple(
        (sixteen.of(unit.start), sixteen.of(unit.end), word) for unit in draft.units for word in _words(unit)
    )
    fields = {name: getattr(draft, name) for name in METADATA}
    return Line(text=draft.text, label=marks, record=draft.id, reflection=draft.reflection, **fields)


def _words(unit: DraftUnit) -> list[str]:
    words = [str(unit.label or UNLABELLED), *map(str, unit.flags)]
    if unit.action:
        words += [f"{element}={score}" for element, score in unit.action.elements.items() if score]
        words.append(f"kind={unit.action.kind}")
    return words


def read(path: Path) -> list[Draft]:
    """Read a JSONL export, checked line by line."""
    drafts = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if line.strip():
            where = f"{path}, line {number}"
            try:
                found = msgspec.json.decode(line, type=Line)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise CorpusError(
                    f"{where} is not a line of a doccano export ({error}); in doccano choose Export dataset, JSONL."
                ) from None
            drafts.append(_draft(found, where, f"line-{number}"))
    return drafts


def _draft(line: Line, where: str, name: str) -> Draft:
    sixteen = Sixteen(line.text)
    marked: dict[tuple[int, int], list[str]] = {}
    for start, end, word in line.marks:
        span = (sixteen.back(start), sixteen.back(end))
        if not 0 <= span[0] < span[1]:
            raise CorpusError(
                f"{where}: the span {start}–{end} lies outside the text, which has {len(line.text)} characters."
            )
        marked.setdefault(span, []).append(word)
    units = [_unit(span, words, line.text, where) for span, words in marked.items()]
    fields = {field: getattr(line, field) for field in METADATA}
    return Draft(
        id=line.record or name,
        text=line.text,
        units=in_order(units, line.text),
        reflection=line.reflection,
        **fields,
    )


def _unit(span: tuple[int, int], words: Sequence[str], text: str, where: str) -> tuple[DraftUnit, str]:
    here = f"{where}, “{text[span[0] : span[1]][:40]}”"
    labels, flags, scores, kind = [], [], {}, None
    for word in words:
        name, is_score, value = word.partition("=")
        if name == "kind" and is_score:
            kind = codebook_word(ActionKind, value, here)
        elif is_score:
            element = codebook_word(Element, name, here)
            if element in scores:
                raise CorpusError(f"{here}: “{element}” is scored twice; keep one.")
            if value not in ("0", "1", "2"):
                raise CorpusError(f"{here}: “{element}” is {value}; it may be 0, 1 or 2.")
            scores[element] = int(value)
        elif word in set(Flag):
            flags.append(Flag(word))
        elif word != UNLABELLED:
            labels.append(codebook_word(Label, word, here))
    if len(labels) > 1 or (not labels and UNLABELLED not in words):
        raise CorpusError(
            f"{here}: a unit has exactly one label, and these words have {len(labels)}; flags and scores must cover the same words as the label."
        )
    return draft_unit(*span, labels[0] if labels else None, flags, scores, kind, here), here
