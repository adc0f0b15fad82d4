"""Training records in other clothes, so that clothes come to matter less.

Only the training part is ever varied. The evaluation's twins (`training.twins`) are made by other code
and other word lists, so that what they measure is not what was practised.
"""

import random
import re
from collections.abc import Callable

from msgspec.structs import replace

from checker.codebook import Element, Label
from training.corpus import GoldRecord, GoldUnit

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


def vary(record: GoldRecord, rng: random.Random) -> tuple[list[str], list[GoldUnit]]:
    """One record as it might also have been typed; half the time as it is.

    Returns
    -------
    texts : list of str
    units : list of GoldUnit
        Their labels, in the same order; spans are those of the record's own text.
    """
    texts, units = record.unit_texts, list(record.units)
    if rng.random() < 0.5:
        return texts, units
    change = rng.choice(_CHANGES)
    return change(record, texts, units, rng)


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


_CHANGES: tuple[Callable, ...] = (_mistyped, _run_together, _run_together, _remarked, _respelt)
