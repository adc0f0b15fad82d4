"""The notes to label in `checker.practice`, chosen from the corpus's test part.

``python -m training.practice_notes`` writes them anew. No model learns from the test part, so whoever
practises on these notes and then sees what the model says of them sees an honest reading.

A unit is hard when its label is one that the two annotators of the corpus were torn over, or is next to
one on the scale: judgement, reasoned, exploratory or critical. A note is as hard as the share of its
asked units that are. Of the notes that qualify, each third by that share gives ten.

Beside its label a unit carries what readers often take it for: the likeliest other label in the shipped
model's reading of the note, and how often the corpus's two annotators split between the two. So this is to be
run again with every new model.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

import checker.practice
from checker.checking import default_model
from checker.codebook import REFLECTIVE, Label, RecordType
from checker.label import Labeller
from checker.practice import (
    BadPractice,
    Difficulty,
    Doubt,
    WrittenAction,
    WrittenExercise,
    WrittenRecord,
    WrittenUnit,
    annotated,
)
from checker.practice.marking import ASKED as LABELS
from training.corpus import GoldRecord, read, shipped_split
from training.describe import SECOND

EXERCISES = Path(checker.practice.__file__).with_name("exercises.jsonl")

HARD = REFLECTIVE | {Label.JUDGEMENT}
OF_EACH = 10
"""Notes of each difficulty."""

ASKED = range(10, 31)
"""How many units a learner is asked about: enough to show a habit, few enough for one sitting."""

OFTEN = 0.25
"""From this probability of another label on, a unit is often taken for it: about one reading in four."""

DIFFERENT = 4
"""A note has at least so many labels; with fewer, one guess would do for most of it."""


def hardness(record: GoldRecord) -> float:
    """The share of a record's units, headings and the like left out, that are hard to label."""
    labels = [unit.label for unit in record.units if unit.label is not Label.ADMIN]
    return sum(label in HARD for label in labels) / len(labels)


def qualifies(record: GoldRecord) -> bool:
    """Whether a record makes an exercise: not too short or long, of several labels, wholly cut into units."""
    labels = [unit.label for unit in record.units if unit.label is not Label.ADMIN]
    if len(labels) not in ASKED or len(set(labels)) < DIFFERENT:
        return False
    if record.record_type is RecordType.MANAGEMENT_OVERSIGHT:
        return False  # a decision note asks for little but decisions
    try:
        annotated(written(record), record.id)
    except BadPractice:
        return False
    return True


def written(record: GoldRecord) -> WrittenRecord:
    """A labelled record of the corpus in the form of the practice room."""
    units = (
        WrittenUnit(
            text=text,
            label=unit.label,
            flags=unit.flags,
            action=WrittenAction(**msgspec.structs.asdict(unit.action)) if unit.action else None,
        )
        for unit, text in zip(record.units, record.unit_texts, strict=True)
    )
    return WrittenRecord(text=record.text, units=tuple(units), record_type=record.record_type)


def choose(records: Sequence[GoldRecord]) -> Iterator[WrittenExercise]:
    """Choose the exercises, from easier to harder.

    Within a third, the note goes first whose author has given the fewest so far; then the one with the
    most labels; then the earlier in the corpus.

    Raises
    ------
    ValueError
        When a third holds too few notes that qualify.
    """
    fit = sorted(filter(qualifies, records), key=hardness)
    given: Counter[str] = Counter()
    for third, difficulty in enumerate(Difficulty):
        pool = fit[third * len(fit) // 3 : (third + 1) * len(fit) // 3]
        if len(pool) < OF_EACH:
            raise ValueError(f"Only {len(pool)} {difficulty} notes qualify; {OF_EACH} are needed.")
        chosen = []
        for _ in range(OF_EACH):
            best = min(pool, key=lambda record: (given[record.author], -_labels(record)))
            pool.remove(best)
            given[best.author] += 1
            chosen.append(best)
        for place, record in enumerate(sorted(chosen, key=hardness), start=1):
            yield WrittenExercise(
                name=f"{difficulty}-{place}",
                record=record.id,
                difficulty=difficulty,
                service=record.service,
                note=written(record),
            )


def splits(first: Sequence[GoldRecord], second: Sequence[GoldRecord]) -> Counter[frozenset[Label]]:
    """On how many units two annotators gave these two labels, one each.

    Parameters
    ----------
    first, second : sequence of GoldRecord
        The same units of the same records; those of `first` that are not in `second` are passed over.
    """
    known = {record.id: record for record in first}
    return Counter(
        frozenset((a.label, b.label))
        for record in second
        for a, b in zip(known[record.id].units, record.units, strict=True)
        if a.label is not b.label
    )


def doubted(
    exercise: WrittenExercise, labeller: Labeller, split: Counter[frozenset[Label]]
) -> WrittenExercise:
    """The exercise with what each of its asked units is often taken for."""
    found = annotated(exercise.note, exercise.name).assessment.units
    units = []
    for unit, given in zip(exercise.note.units, labeller.label(found).label, strict=True):
        chances = dict(zip(Label, given, strict=True))
        other = max((label for label in LABELS if label is not unit.label), key=chances.get)
        doubt = None
        if unit.label in LABELS and chances[other] >= OFTEN:
            doubt = Doubt(
                taken_for=other,
                probability=round(float(chances[other]), 2),
                annotators=split[frozenset((unit.label, other))],
            )
        units.append(msgspec.structs.replace(unit, doubt=doubt))
    return msgspec.structs.replace(exercise, note=msgspec.structs.replace(exercise.note, units=tuple(units)))


def _labels(record: GoldRecord) -> int:
    return len({unit.label for unit in record.units})


@click.command()
def main() -> None:
    """Write the notes that `checker practice` offers to label."""
    records = read()
    labeller, split = Labeller(default_model()), splits(records, read(SECOND))
    chosen = [
        doubted(exercise, labeller, split) for exercise in choose(shipped_split().take("test", records))
    ]
    EXERCISES.write_bytes(msgspec.json.Encoder().encode_lines(chosen))
    click.echo(f"{len(chosen)} notes written to {EXERCISES.name}, {EXERCISES.stat().st_size / 1000:.0f} kB.")


if __name__ == "__main__":
    main()
