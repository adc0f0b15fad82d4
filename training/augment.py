"""Training records in other clothes, so that clothes come to matter less.

Only the training part is ever varied. The evaluation's twins (`training.twins`) are made by other code
and other word lists, so that what they measure is not what was practised.
"""

import random
import re
from collections.abc import Callable
from functools import cache

import msgspec
from faker import Faker
from msgspec.structs import replace

from checker.codebook import Element, Label
from training.corpus import CORPUS, GoldRecord, GoldUnit, read

_DOMINANCE = (
    Label.ACTION,
    Label.DECISION,
    Label.CRITICAL,
    Label.EXPLORATORY,
    Label.REASONED,
    Label.JUDGEMENT,
    Label.FACT,
    Label.ADMIN,
)
"""Which label a unit takes that runs together units of several (codebook 2, mixed units)."""

_MARKER = re.compile(r"^\W*(?:\(?\w{1,2}[.)]\s+)?")
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_SPELLINGS = (
    ("SW", "social worker"),
    ("TM", "team manager"),
    ("HV", "health visitor"),
    ("YP", "young person"),
    ("FC", "foster carer"),
    ("CP", "child protection"),
    ("w/", "with"),
    ("mum", "mother"),
    ("dad", "father"),
    ("school", "sch"),
    ("appointment", "appt"),
    ("supervision", "sup"),
    ("week", "wk"),
    ("and", "&"),
)


MOST_PADDING = 6
"""Sentences that padding may add to a record."""


def vary(record: GoldRecord, rng: random.Random) -> tuple[list[str], list[GoldUnit]]:
    """One record as it might also have been typed; half the time as it is, three times in ten padded.

    Returns
    -------
    texts : list of str
    units : list of GoldUnit
        Their labels, in the same order; spans are those of the record's own text.
    """
    texts, units = record.unit_texts, list(record.units)
    if rng.random() < 0.5:
        texts, units = rng.choice(_CHANGES)(record, texts, units, rng)
    return _padded(texts, units, rng) if rng.random() < 0.3 else (texts, units)


def _mistyped(record, texts, units, rng):
    return [re.sub(r"[A-Za-z]{4,}", lambda m: _slip(m[0], rng), text) for text in texts], units


def _slip(word: str, rng: random.Random) -> str:
    if rng.random() > 0.06:
        return word
    at = rng.randrange(len(word) - 1)
    return rng.choice(
        [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        ]
    )


def _run_together(record, texts, units, rng):
    """Full stops dropped: sentences of one line then read as one unit."""
    joined: list[tuple[str, GoldUnit]] = []
    for text, unit in zip(texts, units, strict=True):
        if joined:
            before, first = joined[-1]
            same_line = "\n" not in record.text[first.end : unit.start]
            if same_line and before.endswith(".") and rng.random() < 0.8:
                joined[-1] = (f"{before[:-1]} {text}", _merged(first, unit))
                continue
        joined.append((text, unit))
    return [text.removesuffix(".") for text, _ in joined], [unit for _, unit in joined]


def _merged(first: GoldUnit, second: GoldUnit) -> GoldUnit:
    label = min(first.label, second.label, key=_DOMINANCE.index)
    actions = [unit.action for unit in (first, second) if unit.action]
    action = None
    if label is Label.ACTION:
        most = {e.value: max(getattr(a, e.value) for a in actions) for e in Element}
        action = replace(actions[0], **most)
    flags = tuple(dict.fromkeys(first.flags + second.flags))
    return GoldUnit(start=first.start, end=second.end, label=label, flags=flags, action=action)


def _remarked(record, texts, units, rng):
    """List markers put before every unit, or taken away."""
    marker = rng.choice(["", "- ", "• ", "* ", "– "])
    return [marker + _MARKER.sub("", text) or text for text in texts], units


def _respelt(record, texts, units, rng):
    """Abbreviations written out and long words shortened."""
    swaps = [pair if rng.random() < 0.5 else pair[::-1] for pair in _SPELLINGS]

    def respell(text: str) -> str:
        for old, new in swaps:
            text = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, text)
        return text

    return [respell(text) for text in texts], units


def _dated(record, texts, units, rng):
    """An owner and a date put on vague actions: they say who and when, and no more of what is done."""
    texts, units = list(texts), list(units)
    for i, unit in enumerate(units):
        if unit.action and unit.action.what < 2 and rng.random() < 0.6:
            texts[i] = _date(texts[i], rng)
            units[i] = replace(unit, action=replace(unit.action, who=2, when=2))
    return texts, units


def _date(text: str, rng: random.Random) -> str:
    owner = rng.choice(["SW", "TM", "FSW", "Jo", "Amira", "Ben", "social worker", "Priya", "KT", "D.M."])
    date = f"{rng.randint(1, 28)} {rng.choice(['January', 'March', 'May', 'June', 'Sept', 'Nov', 'Dec'])}"
    body = text.rstrip(" .")
    return rng.choice(
        [
            f"{body} - {owner} by {date}",
            f"{body}, {owner}, {date}.",
            f"{owner}: {body} by {date}.",
            f"{body} | {owner} | {rng.randint(1, 28)}.0{rng.randint(1, 9)}.24",
            f"{body} [{owner} {date}]",
        ]
    )


def _renamed(record, texts, units, rng):
    """Names of people and places swapped, one for one throughout."""
    names = {
        name
        for name in re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}", record.text)
        if name.lower() not in _words()
    }
    if not names:
        return texts, units
    made = _names(rng)
    new = {name: made() for name in sorted(names)}
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(names))})\b")
    return [pattern.sub(lambda m: new[m[0]], text) for text in texts], units


@cache
def _words() -> frozenset[str]:
    """Words that the corpus writes in lower case somewhere, and so are no names."""
    return (
        frozenset(word for record in read() for word in re.findall(r"\b[a-z]{3,}\b", record.text)) | _MONTHS
    )


def _names(rng: random.Random) -> Callable[[], str]:
    """A maker of first names, of a country drawn anew for each record."""
    faker = Faker(
        rng.choice(["en_GB", "en_IN", "es_ES", "it_IT", "tr_TR", "ro_RO", "fr_FR", "yo_NG", "de_DE"])
    )
    faker.seed_instance(rng.random())
    return faker.first_name


class PaddingLine(msgspec.Struct, frozen=True):
    """A sentence that would fit any case, and its label by the codebook."""

    text: str
    label: Label


@cache
def padding() -> tuple[PaddingLine, ...]:
    """The sentences that records are padded with; the evaluation pads with others."""
    lines = CORPUS.with_name("padding.jsonl").read_bytes()
    return tuple(msgspec.json.Decoder(PaddingLine).decode_lines(lines))


def _padded(texts, units, rng):
    """A few sentences that sound reflective and would fit any case, most often at the end."""
    lines = rng.sample(padding(), rng.randint(1, MOST_PADDING))
    at = len(texts) if rng.random() < 0.6 else rng.randrange(len(texts))
    labels = [GoldUnit(start=0, end=0, label=line.label) for line in lines]
    return (
        [*texts[:at], *(line.text for line in lines), *texts[at:]],
        [*units[:at], *labels, *units[at:]],
    )


_CHANGES: tuple[Callable, ...] = (
    _mistyped,
    _run_together,
    _remarked,
    _respelt,
    _dated,
    _dated,
    _renamed,
)
