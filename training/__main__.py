"""`python -m training`: arguments in, calls to the pipeline, one sentence where something is wrong."""

import glob
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from checker.cli.opening import ExitStatus
from training.corpus import CORPUS, CorpusError, read, shipped_split

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
MODEL = click.Path(exists=True, file_okay=False, path_type=Path)


@contextmanager
def sentences(*errors: type[Exception]) -> Iterator[None]:
    """Let a mistake of the user's end the command with its sentence, not with a traceback."""
    try:
        yield
    except (CorpusError, *errors) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or 'A file'} cannot be used: {error.strerror}."
        ) from None


def _refuse_to_overwrite(path: Path, overwrite: bool, inputs: Iterable[str | Path] = ()) -> None:
    """Keep what is there, unless told otherwise; an input is kept whatever is told."""
    if not path.exists():
        return
    if not overwrite:
        raise click.UsageError(f"{path} is there already; choose another name, or say --overwrite.")
    here = path.resolve()
    for given in inputs:
        for found in map(Path, glob.glob(str(given)) or [given]):
            if found.resolve() in (here, *here.parents):
                raise click.UsageError(
                    f"{path} is one of the inputs, or lies among them; choose another name."
                )


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Label records, train a model on them, and tell honestly how good it is."""


@main.command()
@click.option("--write", is_flag=True, help="Write the figures into the corpus's data card.")
def describe(write):
    """Print the figures of the corpus's data card."""
    from training.describe import CARD, describe, with_figures

    with sentences():
        figures = describe(read(), shipped_split())
        if write:
            CARD.write_text(with_figures(CARD.read_text(encoding="utf-8"), figures), encoding="utf-8")
    click.echo(f"Written into {CARD}." if write else figures)


@main.command()
@click.option(
    "--add",
    "own",
    multiple=True,
    type=EXISTING,
    help="Your own labelled records, looked at beside the corpus.",
)
@click.option("--out", type=FILE, help="Write the records, without copies, to this new file.")
@click.option("--overwrite", is_flag=True, help="Replace the file that --out names.")
def duplicates(own, out, overwrite):
    """List sentences and records that two authors share, and those that cross the split."""
    from training import near_duplicates
    from training.own_labels import corpus_and_own, read_own

    if out:
        _refuse_to_overwrite(out, overwrite, (CORPUS, *own))
    with sentences():
        records, split = corpus_and_own(read_own(own))
        found = near_duplicates.find(records, split)
        texts = {record.id: record.text for record in records}
        for pair in found.records:
            click.echo(
                f"Records {pair.a} and {pair.b} share {pair.share:.0%} of the shorter one's sentences."
            )
        for pair in found.sentences:
            crosses = " (crosses the split)" if pair in found.crossing else ""
            quoted = " / ".join(f"{p.record} “{texts[p.record][p.start : p.end]}”" for p in (pair.a, pair.b))
            click.echo(f"{pair.similarity:.0f}%{crosses}: {quoted}")
        click.echo(
            f"{len(found.records)} near-duplicate records; {len(found.sentences)} shared sentences, "
            f"{len(found.crossing)} of them across the split; {found.within_author} more within one author's records."
        )
        if out:
            kept = near_duplicates.remove(records, split, found)
            out.write_bytes(msgspec.json.Encoder().encode_lines(kept))
            click.echo(f"{len(kept)} records written to {out}.")


@main.command("split")
@click.argument("records", type=EXISTING, default=CORPUS)
@click.option("--seed", default=17, show_default=True, help="Of the shuffle.")
@click.option("--out", type=FILE, help="Write the ids of each part to this new file.")
@click.option("--overwrite", is_flag=True, help="Replace the file that --out names.")
def split_records(records, seed, out, overwrite):
    """Split labelled RECORDS into train, development and test, no author in two of them."""
    from training.corpus import split

    if out:
        _refuse_to_overwrite(out, overwrite, (records,))
    with sentences():
        found = split(read(records), seed)
        if out:
            out.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    for part in found.__struct_fields__:
        click.echo(f"{part}: {len(getattr(found, part))} records")


@main.command()
@click.option(
    "--add",
    "own",
    multiple=True,
    type=EXISTING,
    help="Your own labelled records (JSON lines), beside the corpus.",
)
@click.option("--out", required=True, type=FOLDER, help="The model folder to write.")
@click.option("--base", help="A folder with base weights, or a hub name; without it the packaged ones.")
@click.option("--seed", default=17, show_default=True, help="Of training.")
@click.option("--epochs", type=click.IntRange(min=1), help="Times that training goes through the records.")
@click.option(
    "--layers", type=click.IntRange(min=1), help="Keep only so many layers of the base: faster and worse."
)
@click.option("--overwrite", is_flag=True, help="Replace the model that is in the folder.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
def train(own, out, base, seed, epochs, layers, overwrite, resume):
    """Train a model on the corpus, and on your own labels beside it."""
    from training.build import train_model
    from training.export import FolderExists
    from training.network import BaseError
    from training.own_labels import corpus_and_own, read_own
    from training.train import Recipe

    given = {"seed": seed, "epochs": epochs, "layers": layers}
    recipe = Recipe(**{name: value for name, value in given.items() if value is not None})
    with sentences(BaseError, FolderExists, FloatingPointError):
        records, split = corpus_and_own(read_own(own))
        sizes = ", ".join(f"{name} {len(getattr(split, name))}" for name in split.__struct_fields__)
        click.echo(f"{len(records)} records: {sizes}.")
        folder = train_model(records, split, out, base, recipe, overwrite, resume, tell=click.echo)
    click.echo(f"{folder} is trained. See how good it is: python -m training evaluate --model {folder}")


@main.command()
@click.option("--model", type=MODEL, help="The model folder; without it the one that ships.")
@click.option(
    "--compare",
    nargs=2,
    type=MODEL,
    metavar="A B",
    help="Say whether model B is better than model A, on the same records.",
)
@click.option(
    "--part",
    type=click.Choice(["development", "test"]),
    default="test",
    show_default=True,
    help="Which records; choose between models on development.",
)
@click.option(
    "--add", "own", multiple=True, type=EXISTING, help="Your own labelled records, beside the corpus."
)
@click.option("--own-only", is_flag=True, help="Measure on your own records alone.")
@click.option(
    "--quick", is_flag=True, help="Leave out the simpler means to compare with, and the altered twins."
)
def evaluate(model, compare, part, own, own_only, quick):
    """Measure a model on records that it has not seen, and write its card.

    Give the same --add as in training: the part of your records that was held back is then held back here.
    """
    from checker.checking import default_model
    from checker.label import ModelError
    from training import evaluate as evaluation
    from training.corpus import split as split_of
    from training.own_labels import corpus_and_own, read_own

    if own_only and not own:
        raise click.UsageError("--own-only needs your own records; name them with --add.")
    if compare and model:
        raise click.UsageError("--compare names both models itself; leave --model out.")
    with sentences(ModelError):
        ours = read_own(own)
        records, split = (ours, split_of(ours)) if own_only else corpus_and_own(ours)
        if compare:
            click.echo(evaluation.compare(*compare, part, records=records, split=split))
            return
        folder = model or default_model()
        measured = evaluation.evaluate(
            folder,
            part,
            records=records,
            split=split,
            with_baselines=not quick,
            with_twins=not quick,
            write=bool(model) or not own,  # the shipped model's card speaks of the corpus alone
        )
    click.echo(measured)
    if model or not own:
        click.echo(f"The model card is {folder / 'README.md'}.")


@main.command()
@click.argument("labels", type=EXISTING)
@click.option("--model", type=MODEL, help="The model folder; without it the one that ships.")
def audited(labels, model):
    """Measure a model on notes that auditors have judged as a whole.

    LABELS is what `checker agree --to-labels` wrote. No model learns from it, so it stays an honest test.
    """
    from rich.console import Console

    from checker.agreement import terminal
    from checker.checking import Checker
    from checker.label import ModelError
    from training.audited import agreement, read_labels

    with sentences(ModelError):
        terminal.show(agreement(read_labels(labels), Checker(model)), Console())


@main.command()
@click.option(
    "--cache",
    required=True,
    type=FOLDER,
    help="Where trained models are kept, so that a stopped run goes on.",
)
@click.option("--base", help="A folder with base weights, or a hub name; without it the packaged ones.")
@click.option("--epochs", type=click.IntRange(min=1), help="Times that training goes through the records.")
@click.option(
    "--layers", type=click.IntRange(min=1), help="Keep only so many layers of the base: faster and worse."
)
@click.option("--write", is_flag=True, help="Write the figures into docs/shift.md.")
def shift(cache, base, epochs, layers, write):
    """Measure what a change of service costs: trained without adults' services, tested on them."""
    from training import shift as shifted
    from training.network import BaseError
    from training.train import Recipe

    recipe = Recipe(epochs=epochs or shifted.EPOCHS, layers=layers)
    with sentences(BaseError, FloatingPointError):
        found = shifted.measure(cache, base=base, recipe=recipe, tell=click.echo)
        if write:
            shifted.write(found)
    click.echo(f"Written into {shifted.PAGE}." if write else shifted.page(found))


@main.command()
@click.argument("folder", type=MODEL)
@click.option(
    "--cache", required=True, type=FOLDER, help="Where the answers are kept, so that a stopped run goes on."
)
@click.option("--base", help="A folder with base weights, or a hub name; without it the packaged ones.")
@click.option("--epochs", type=click.IntRange(min=1), help="Times that training goes through the sentences.")
@click.option(
    "--layers", type=click.IntRange(min=1), help="Keep only so many layers of the base: faster and worse."
)
@click.option("--write", is_flag=True, help="Write the figures into docs/real-text-by-others.md.")
def others(folder, cache, base, epochs, layers, write):
    """Measure the same network on real text that others labelled.

    FOLDER holds cered/en and smartspan/SMARTSpan, as their authors publish them.
    """
    from training import others as by_others
    from training import real_text
    from training.network import BaseError

    with sentences(BaseError, real_text.DataError, FloatingPointError):
        data = real_text.read(folder, epochs, layers)
        accounts = [by_others.measure(each, cache, base=base, tell=click.echo) for each in data]
        page = by_others.page(*accounts)
        if write:
            by_others.PAGE.write_text(page, encoding="utf-8")
    click.echo(f"Written into {by_others.PAGE}." if write else page)


@main.command("import")
@click.argument("sources", nargs=-1, required=True, type=EXISTING)
@click.option("--out", required=True, type=FILE, help="The file of labelled records (JSON lines) to write.")
@click.option("--author", help="Who wrote the records that name no author; a code will do.")
@click.option("--overwrite", is_flag=True, help="Replace the file that --out names.")
def import_labels(sources, out, author, overwrite):
    """Turn labelled SOURCES into records to train on.

    A source is a Label Studio JSON export, a doccano JSONL export, or an Excel workbook that `export`
    wrote. A record with a unit that nobody has labelled is left out.
    """
    from training.annotate import read_annotations

    _refuse_to_overwrite(out, overwrite, sources)
    finished, left, seen = [], [], {}
    with sentences():
        for source in sources:
            found = read_annotations(source, author)
            for record in found.records:
                if record.id in seen:
                    raise CorpusError(
                        f"{source}: the record “{record.id}” stands in {seen[record.id]} too; take one of the two out."
                    )
                seen[record.id] = source
            finished += found.records
            left += found.unfinished
        if left:
            click.echo(
                f"{len(left)} records are not wholly labelled and are left out: {', '.join(left)}.", err=True
            )
        if not finished:
            raise CorpusError("No record is wholly labelled yet, so there is nothing to write.")
        out.write_bytes(msgspec.json.Encoder().encode_lines(finished))
        read(out)
    units = sum(len(record.units) for record in finished)
    click.echo(f"{len(finished)} records with {units:,} labelled units written to {out}.")


@main.command("export")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--out",
    required=True,
    type=FILE,
    help="The file to write: .json for Label Studio, .jsonl for doccano, .xlsx for Excel.",
)
@click.option(
    "--fill", is_flag=True, help="Fill in the labels, the model's or those there are, for people to correct."
)
@click.option("--model", type=MODEL, help="Folder of the model that is asked; without it the one that ships.")
@click.option("--no-model", is_flag=True, help="Ask no model, and keep the order of the inputs.")
@click.option(
    "--config",
    type=EXISTING,
    help="Settings; without it, the checker.toml beside the input or in this folder.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file that --out names.")
def export_for_labelling(inputs, out, fill, model, no_model, config, overwrite):
    """Write INPUTs for people to label, those first of which the model is least certain.

    An INPUT is a note or table that `checker check` reads, or a file of labelled records to look at again.
    Beside a .json lies the labelling interface to paste into the Label Studio project, and beside a .jsonl
    the label types of a doccano project, which must allow overlapping spans.
    """
    from checker.checking import default_model
    from checker.label import Labeller, ModelError
    from checker.settings import BadSettings, Settings, find, load
    from training.annotate import form_of, write_for_labelling
    from training.annotate.sources import drafts

    if no_model and model:
        raise click.UsageError("--model and --no-model exclude each other; say one of them.")
    _refuse_to_overwrite(out, overwrite, inputs)
    with sentences(ModelError, BadSettings):
        form_of(out)
        labeller = None if no_model else Labeller(model or default_model())
        settings = config or find(inputs)
        found = drafts(inputs, load(settings) if settings else Settings(), labeller, fill)
        if fill and not all(draft.is_labelled for draft in found.records) and no_model:
            raise click.UsageError("--fill needs a model for records without labels; leave --no-model out.")
        for unreadable in found.unreadable:
            click.echo(unreadable.error.message, err=True)
        if not found.records:
            raise click.UsageError("There is no record to label in what was given.")
        written = write_for_labelling(found.records, out)
    units = sum(len(draft.units) for draft in found.records)
    click.echo(
        f"{len(found.records)} records with {units:,} units written to {' and '.join(map(str, written))}."
    )
    sys.exit(ExitStatus.UNREADABLE if found.unreadable else ExitStatus.OK)


if __name__ == "__main__":
    main(prog_name="python -m training")
