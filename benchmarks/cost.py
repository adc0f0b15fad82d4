"""What checking a service's notes costs, from the measured speed, beside a hosted large language model.

    python -m benchmarks.cost                                         print the tables
    python -m benchmarks.cost --core-hour 0.06 --input-tokens 0.50    with your own prices, in pounds
    python -m benchmarks.cost --write                                 put them into docs/scale.md

The speed is the one that `python -m benchmarks.spark` kept in `benchmarks/spark.json`.
"""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click
import msgspec
from tokenizers import Tokenizer

from benchmarks.spark import RESULT, Measured
from checker import codebook
from checker.checking import default_model
from training.corpus import read

DOCUMENT = Path(__file__).parents[1] / "docs" / "scale.md"
BEGINS, ENDS = "<!-- python -m benchmarks.cost --write -->", "<!-- end -->"

AUTHORITY = "an authority's year"

VOLUMES = {
    AUTHORITY: (14_000, 25_000),
    "England's year": (2_000_000, 4_000_000),
    "ten years of England": (20_000_000, 40_000_000),
}
CORES = (8, 32, 256)


class Prices(msgspec.Struct, frozen=True):
    """In pounds; the last two per million tokens."""

    core_hour: float
    input_tokens: float
    output_tokens: float


class Tokens(msgspec.Struct, frozen=True):
    """What a language model reads and writes for one note of the corpus, on average."""

    note: float
    instructions: float
    answer: float


def tokens() -> Tokens:
    """Counted with the word pieces of the checker's own tokenizer.

    The instructions are the codebook's tests, which are the least that a model must be told. The answer is each
    unit's label, flags and action as JSON, as the corpus holds them, without the text.
    """
    tokenizer = Tokenizer.from_file(str(default_model() / "tokenizer.json"))
    tokenizer.no_truncation()

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    records = list(read())
    rules = chain(
        codebook.LABEL_TESTS.values(),
        codebook.LABEL_IS_NOT.values(),
        codebook.FLAG_TESTS.values(),
        chain.from_iterable(codebook.ELEMENT_TESTS.values()),
    )
    return Tokens(
        note=sum(count(record.text) for record in records) / len(records),
        instructions=sum(map(count, rules)),
        answer=sum(count(answer(record)) for record in records) / len(records),
    )


def answer(record) -> str:
    """What a language model would have to write of a record."""
    units = msgspec.to_builtins(record.units)
    said = ({key: unit[key] for key in ("label", "flags", "action") if unit.get(key)} for unit in units)
    return json.dumps([*said], separators=(",", ":"))


def tables(measured: Measured, prices: Prices, each: Tokens) -> Iterator[str]:
    """Lines of Markdown."""
    core_seconds = 2 * measured.spark / measured.records
    note_price = core_seconds / 3600 * prices.core_hour
    read_price = (each.instructions + each.note) / 1e6 * prices.input_tokens
    model_price = read_price + each.answer / 1e6 * prices.output_tokens
    memory = measured.memory
    yield f"Measured on {measured.machine}, model {measured.model}:"
    yield ""
    yield "| what | figure | wanted |"
    yield "|---|---|---|"
    yield (
        f"| {measured.records:,} notes: `checker check --jobs 2`, and Spark on `local[2]` | {measured.here:,.0f} s "
        f"({measured.records / measured.here:.1f} a second) and {measured.spark:,.0f} s "
        f"({measured.records / measured.spark:.1f} a second): {measured.here / measured.spark:.0%} "
        "| at least 85% |"
    )
    yield (
        f"| {measured.few:,} notes on `local[1]` and `local[2]` | {measured.one_core:,.0f} s and "
        f"{measured.two_cores:,.0f} s: {measured.one_core / measured.two_cores:.2f} times | at least 1.8 |"
    )
    yield (
        f"| peak memory: Java, and the largest Python worker | {memory.java:,.0f} MB and {memory.worker:,.0f} MB | |"
    )
    yield (
        f"| the largest Python worker, early and late in the run | {memory.early:,.0f} MB and {memory.late:,.0f} MB "
        "| no growth |"
    )
    yield ""
    alone = [duration(count * measured.here / measured.records / 3600) for count in VOLUMES[AUTHORITY]]
    yield f"So an authority's year takes {between(alone)} on two such cores, without Spark."
    yield ""
    yield f"At £{prices.core_hour:.2f} a core-hour ({core_seconds:.2f} core-seconds a note):"
    yield ""
    yield f"| notes | core-hours | {' | '.join(f'on {cores} cores' for cores in CORES)} | money |"
    yield f"|---|---|{'---|' * len(CORES)}---|"
    for name, volume in VOLUMES.items():
        hours = [count * core_seconds / 3600 for count in volume]
        clock = (between([duration(some / cores) for some in hours]) for cores in CORES)
        money = between([pounds(count * note_price) for count in volume])
        yield (
            f"| {name}: {between([f'{n:,}' for n in volume])} | {between([some_or_few(hour) for hour in hours])} "
            f"| {' | '.join(clock)} | {money} |"
        )
    yield ""
    yield (
        f"A hosted large language model at £{prices.input_tokens:.2f} a million tokens read and "
        f"£{prices.output_tokens:.2f} a million written; for a note, {each.instructions:,.0f} tokens of instructions, "
        f"{each.note:,.0f} of the note and {each.answer:,.0f} of the answer:"
    )
    yield ""
    yield "| notes | tokens, in millions | money | times the checker's, about |"
    yield "|---|---|---|---|"
    for name, volume in VOLUMES.items():
        millions = [f"{count * (each.instructions + each.note + each.answer) / 1e6:,.0f}" for count in volume]
        money = between([pounds(count * model_price) for count in volume])
        yield f"| {name} | {between(millions)} | {money} | {round(model_price / note_price, -2):,.0f} |"


def between(ends: list[str]) -> str:
    """Two ends of a range, or one figure where they are the same."""
    return " to ".join(dict.fromkeys(ends))


def some_or_few(amount: float) -> str:
    """A number, with a decimal where it is little."""
    return f"{amount:,.1f}" if amount < 10 else f"{amount:,.0f}"


def duration(hours: float) -> str:
    """A time as people say it."""
    if hours >= 48:
        return f"{hours / 24:,.0f} days"
    return f"{hours:,.1f} h" if hours >= 1 else f"{max(1, round(hours * 60))} min"


def pounds(amount: float) -> str:
    """Money, with pence where it is little."""
    return f"£{amount:,.2f}" if amount < 10 else f"£{amount:,.0f}"


@click.command(help=__doc__.splitlines()[0])
@click.option("--core-hour", default=0.10, show_default=True, help="Pounds for an hour of one core.")
@click.option("--input-tokens", default=2.00, show_default=True, help="Pounds for a million tokens read.")
@click.option("--output-tokens", default=8.00, show_default=True, help="Pounds for a million tokens written.")
@click.option("--write", is_flag=True, help="Put the tables into docs/scale.md.")
def main(core_hour: float, input_tokens: float, output_tokens: float, write: bool) -> None:
    """Print the tables, or write them."""
    if not RESULT.is_file():
        raise click.UsageError("There is no measured speed yet: run python -m benchmarks.spark first.")
    measured = msgspec.json.decode(RESULT.read_bytes(), type=Measured)
    text = "\n".join(tables(measured, Prices(core_hour, input_tokens, output_tokens), tokens()))
    if not write:
        click.echo(text)
        return
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGINS)
    after = rest.partition(ENDS)[2]
    DOCUMENT.write_text(f"{before}{BEGINS}\n\n{text}\n\n{ENDS}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
