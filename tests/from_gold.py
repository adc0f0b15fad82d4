"""Assessments made from the corpus's own labels, so that reports are tried on real notes."""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path

import msgspec

from checker import codebook
from checker.codebook import Flag, Label, PlanBand, RecordType, ReflectionBand
from checker.record import UNSET, Action, Assessment, LabelledUnit, Model, Plan, Reflection
from checker.rules import ask

CORPUS = Path(__file__).parents[1] / "training" / "corpus" / "corpus.jsonl"
MODEL = Model("gold", "1", "0" * 64)


@cache
def assessments() -> tuple[Assessment, ...]:
    """All of the corpus, in its own order."""
    return tuple(assessment(msgspec.json.decode(line)) for line in CORPUS.open("rb"))


def assessment(note: dict) -> Assessment:
    """One line of the corpus as the assessment that a faultless model would give."""
    units = tuple(labelled_units(note))
    words = Counter()
    for unit in units:
        words[unit.label] += len(unit.text.split())
    written = sum(words.values()) - words.pop(Label.ADMIN, 0)
    reflection = ReflectionBand(note["reflection"])
    actions = [unit.action for unit in units if unit.action]
    specific = sum(action.is_specific for action in actions)
    plan = codebook.plan_band(len(actions), specific)
    record_type = RecordType(note["record_type"])
    decisions = [unit.flags for unit in units if unit.label == Label.DECISION]
    weak = codebook.is_weak(record_type, reflection, plan, decisions)
    judged = Assessment(
        id=note["id"],
        source=f"notes/{note['id']}.txt",
        record_type=record_type,
        date=dt.date.fromisoformat(note["date"]),
        model=MODEL,
        reflection=Reflection(
            band=reflection,
            probabilities={band: float(band == reflection) for band in ReflectionBand},
            share={label: words[label] / max(written, 1) for label in Label if label != Label.ADMIN},
        ),
        plan=Plan(
            band=plan,
            probabilities={band: float(band == plan) for band in PlanBand},
            actions=len(actions),
            specific=specific,
        ),
        weak=weak,
        weak_probability=float(weak),
        units=units,
        findings=(),
    )
    return ask(judged)


def labelled_units(note: dict) -> Iterator[LabelledUnit]:
    text = note["text"]
    starts = list(accumulate(map(len, text.splitlines(keepends=True)), initial=0))
    for unit in note["units"]:
        action = UNSET
        if "action" in unit:
            action = msgspec.convert(unit["action"] | {"band": codebook.action_band(unit["action"])}, Action)
        yield LabelledUnit(
            start=unit["start"],
            end=unit["end"],
            text=text[unit["start"] : unit["end"]],
            line=bisect_right(starts, unit["start"]) - 1,
            label=Label(unit["label"]),
            probability=1.0,
            flags=tuple(map(Flag, unit["flags"])),
            action=action,
        )
