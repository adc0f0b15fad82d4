"""Time and memory of `checker history` beyond checking: many people's notes, each as assessed.

    python -m benchmarks.history            25,000 notes of 3,000 people
    python -m benchmarks.history 5000 600

The corpus is checked once; each person is given eight or nine of its records, a month or so apart, with a
share of each note's lines repeated from the one before, as carried-over actions and history are.
"""

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.__main__ import CHECKER, used
from checker import Checker
from checker.record import Assessment, Record
from checker.report import jsonl
from training.corpus import read


def checked() -> list[Assessment]:
    """The corpus as the shipped model reads it."""
    records = (Record(text=record.text, id=record.id, source="corpus") for record in read())
    return list(Checker().check_records(records))


def notes(base: list[Assessment], count: int, people: int) -> Iterator[Assessment]:
    """So many notes of so many people, person by person."""
    for number in range(count):
        person, month = number % people, number // people
        own = base[(person * 7 + month * 3) % len(base)]
        earlier = base[(person * 7 + (month - 1) * 3) % len(base)] if month else own
        repeated = earlier.units[: len(earlier.units) // 3] if month else ()
        # A word of each note's own keeps notes of different people from being one another's copies.
        units = tuple(
            msgspec.structs.replace(unit, text=stamped(unit.text, person)) for unit in (*own.units, *repeated)
        )
        yield msgspec.structs.replace(
            own,
            id=f"note-{number}",
            person=f"P-{person}",
            date=dt.date(2023, 1, 2) + dt.timedelta(days=35 * month + person % 28),
            units=units,
        )


def stamped(text: str, person: int) -> str:
    """The text with a word of the person's own after every seventh."""
    words = text.split(" ")
    return " ".join(word if place % 7 else f"{word} p{person}" for place, word in enumerate(words, start=1))


def main(count: int = 25_000, people: int = 3_000) -> None:
    """Write the assessments, then time the whole command on them in each form."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        table = folder / "results.jsonl"
        with table.open("wb") as file:
            file.writelines(map(jsonl.line, notes(checked(), count, people)))
        for form in ("jsonl", "html", "xlsx"):
            command = [CHECKER, "history", str(table), "--output", str(folder / f"history.{form}")]
            start = time.perf_counter()
            peak, worked, status = used(command)
            taken = time.perf_counter() - start
            print(
                f"history, {form}: {count:,} notes of {people:,} people in {taken:.0f} s, "
                f"{worked:.0f} s of one core, "
                f"peak {peak:.0f} MB, exit status {status}; "
                "wanted: under 180 s and 1,000 MB"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
