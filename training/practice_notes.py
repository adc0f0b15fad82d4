"""The notes to label in `checker.practice`, chosen from the corpus's test part.

``python -m training.practice_notes`` writes them anew. No model learns from the test part, so whoever
practises on these notes and then sees what the model says of them sees an honest reading.

A unit is hard when its label is one that the two annotators of the corpus were torn over, or is next to
one on the scale: judgement, reasoned, exploratory or critical. A note is as hard as the share of its
asked units that are. Of the notes that qualify, each third by that share gives ten.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

import checker.practice
from checker.codebook import REFLECTIVE, Label, RecordType
from checker.practice import (
    BadPractice,
    Difficulty,
    WrittenAction,
    WrittenExercise,
    WrittenRecord,
    WrittenUnit,
    annotated,
)
from training.corpus import GoldRecord, read, shipped_split

EXERCISES = Path(checker.practice.__file__).with_name("exercises.jsonl")

HARD = REFLECTIVE | {Label.JUDGEMENT}
OF_EACH = 10
"""Notes of each difficulty."""

ASKED = range(10, 31)
"""How many units a learner is asked about: enough to show a habit, few enough for one sitting."""

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


def _labels(record: GoldRecord) -> int:
    return len({unit.label for unit in record.units})


@click.command()
def main() -> None:
    """Write the notes that `checker practice` offers to label."""
    chosen = list(choose(shipped_split().take("test", read())))
    EXERCISES.write_bytes(msgspec.json.Encoder().encode_lines(chosen))
    click.echo(f"{len(chosen)} notes written to {EXERCISES.name}, {EXERCISES.stat().st_size / 1000:.0f} kB.")


if __name__ == "__main__":
    main()
