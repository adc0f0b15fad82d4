"""Label Studio: tasks to import, and its JSON export back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

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


class Value(msgspec.Struct, omit_defaults=True):
    """What one result says: of the words from `start` to `end`, or of the whole task."""

    start: int | None = None
    end: int | None = None
    text: Any = None
    labels: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


class Result(msgspec.Struct):
    """A label, a choice about the same words (it shares their `id`), or a choice about the task."""

    from_name: str
    value: Value
    type: str = "labels"
    to_name: str = "text"
    id: str | None = None


class Annotation(msgspec.Struct, omit_defaults=True):
    """One person's, or the model's, results for a task."""

    result: tuple[Result, ...] = ()
    was_cancelled: bool = False
    ground_truth: bool = False
    model_version: str | None = None
    score: float | None = None


class Data(msgspec.Struct):
    """A task's own columns."""

    text: str
    record: str = ""
    author: str = ""
    record_type: RecordType = RecordType.CASE
    service: str = ""
    date: str | None = None
    person: str | None = None
    team: str | None = None
    supervisor: str | None = None
    worker: str | None = None


class Task(msgspec.Struct):
    """One record."""

    data: Data
    annotations: tuple[Annotation, ...] = ()
    predictions: tuple[Annotation, ...] = ()


def write(drafts: Sequence[Draft], path: Path) -> list[Path]:
    """Write tasks, and beside them the labelling interface to paste into the project's settings."""
    tasks = [_task(draft) for draft in drafts]
    path.write_bytes(msgspec.json.format(msgspec.json.encode(tasks), indent=1))
    interface = path.with_suffix(".interface.xml")
    interface.write_text(_interface(), encoding="utf-8")
    return [path, interface]


def _task(draft: Draft) -> Task:
    sixteen = Sixteen(draft.text)
    results = [
        result
        for number, unit in enumerate(draft.units, 1)
        for result in _results(unit, f"unit-{number}", sixteen, draft.text)
    ]
    if draft.reflection:
        results.append(Result("reflection", Value(choices=(draft.reflection,)), "choices"))
    by_person = draft.is_labelled and not draft.by_model
    data = Data(draft.text, draft.id, **{name: getattr(draft, name) for name in METADATA})
    given = Annotation(tuple(results))
    if by_person:
        return Task(data, annotations=(given,))
    given.model_version, given.score = "checker", round(1 - draft.uncertainty, 4)
    return Task(data, predictions=(given,))


def _results(unit: DraftUnit, id: str, sixteen: Sixteen, text: str) -> list[Result]:
    span = {"start": sixteen.of(unit.start), "end": sixteen.of(unit.end), "text": text[unit.start : unit.end]}
    found = [Result("label", Value(**span, labels=(unit.label or UNLABELLED,)), id=id)]
    chosen: dict[str, tuple[str, ...]] = {"flags": unit.flags}
    if unit.action:
        chosen |= {e.value: (str(score),) for e, score in unit.action.elements.items()}
        chosen["kind"] = (unit.action.kind,)
    return found + [
        Result(name, Value(**span, choices=c), "choices", id=id) for name, c in chosen.items() if c
    ]


def _interface() -> str:
    """The labelling interface: labels on the text; flags, elements and kind for each unit; one band."""
    actions = 'perRegion="true" whenTagName="label" whenLabelValue="action"'

    def choices(name: str, words: Sequence[str], how: str) -> str:
        inside = "".join(f"<Choice value={quoteattr(word)}/>" for word in words)
        return f'  <Header value="{name}" size="6"/>\n  <Choices name="{name}" toName="text" {how}>{inside}</Choices>'

    labels = "".join(f"<Label value={quoteattr(word)}/>" for word in [*Label, UNLABELLED])
    rows = [
        f'  <Labels name="label" toName="text">{labels}</Labels>',
        '  <Text name="text" value="$text" granularity="sentence"/>',
        choices("flags", list(Flag), 'choice="multiple" perRegion="true"'),
        *(choices(element, ("0", "1", "2"), f'choice="single" {actions}') for element in Element),
        choices("kind", list(ActionKind), f'choice="single" {actions}'),
        choices("reflection", list(ReflectionBand), 'choice="single"'),
    ]
    return "\n".join(["<View>", *rows, "</View>", ""])


def read(path: Path) -> list[Draft]:
    """Read a JSON export; a task that nobody has submitted is unlabelled."""
    try:
        tasks = msgspec.json.decode(path.read_bytes(), type=list[Task])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CorpusError(
            f"{path} is not a Label Studio export ({error}); in Label Studio choose Export, then JSON."
        ) from None
    return [_draft(task, f"{path}, task {number}", f"task-{number}") for number, task in enumerate(tasks, 1)]


def _draft(task: Task, where: str, name: str) -> Draft:
    kept = [a for a in task.annotations if not a.was_cancelled]
    kept = [a for a in kept if a.ground_truth] or kept
    if len(kept) > 1:
        raise CorpusError(
            f"{where} has {len(kept)} annotations; mark the one to keep as ground truth in Label Studio, and export again."
        )
    data = task.data
    # Predictions are shown to people, not said by them: they give the units, but no labels.
    results = kept[0].result if kept else tuple(r for a in task.predictions[:1] for r in a.result)
    units, reflection = _units(results, data.text, where)
    if not kept:
        units = tuple(DraftUnit(start=u.start, end=u.end) for u in units)
        reflection = None
    fields = {field: getattr(data, field) for field in METADATA}
    return Draft(id=data.record or name, text=data.text, units=units, reflection=reflection, **fields)


def _units(
    results: Sequence[Result], text: str, where: str
) -> tuple[tuple[DraftUnit, ...], ReflectionBand | None]:
    sixteen = Sixteen(text)
    chosen: dict[tuple[int, int], dict[str, tuple[str, ...]]] = {}
    reflection = None
    for result in results:
        value = result.value
        if value.start is None or value.end is None:
            if result.from_name == "reflection" and value.choices:
                reflection = codebook_word(ReflectionBand, value.choices[0], where)
            continue
        span = _span(value, text, sixteen, where)
        chosen.setdefault(span, {})[result.from_name] = value.labels or value.choices
    found = []
    for (start, end), said in chosen.items():
        here = f"{where}, “{text[start:end][:40]}”"
        labels = said.get("label", ())
        if len(labels) != 1:
            raise CorpusError(
                f"{here}: a unit has exactly one label, and this one has {len(labels)}; choose one."
            )
        label = None if labels[0] == UNLABELLED else codebook_word(Label, labels[0], here)
        flags = [codebook_word(Flag, word, here) for word in said.get("flags", ())]
        scores = {e: _score(said[e][0], here, e) for e in Element if said.get(e)}
        kind = codebook_word(ActionKind, said["kind"][0], here) if said.get("kind") else None
        found.append((draft_unit(start, end, label, flags, scores, kind, here), here))
    return in_order(found, text), reflection


def _score(word: str, where: str, element: Element) -> int:
    if word not in ("0", "1", "2"):
        raise CorpusError(f"{where}: “{element}” is {word}; it may be 0, 1 or 2.")
    return int(word)


def _span(value: Value, text: str, sixteen: Sixteen, where: str) -> tuple[int, int]:
    """The span in code points; the words that Label Studio stores beside it tell how it counted."""
    browser = (sixteen.back(value.start), sixteen.back(value.end))
    plain = (value.start, value.end)
    stored = value.text if isinstance(value.text, str) else None
    for start, end in (browser, plain):
        if 0 <= start < end <= len(text) and stored in (None, text[start:end]):
            return start, end
    if stored is not None and 0 <= browser[0] < browser[1]:
        raise CorpusError(
            f"{where}: the span {value.start}–{value.end} does not hold the words “{stored[:40]}”; the text was changed after labelling."
        )
    raise CorpusError(
        f"{where}: the span {value.start}–{value.end} lies outside the text, which has {len(text)} characters."
    )
