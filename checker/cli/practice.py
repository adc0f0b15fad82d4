"""`checker practice`: pairs to compare and notes to label, for whoever writes records or teaches it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click


@click.command()
@click.argument("name", required=False)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a pair as a handout, an HTML page to print, to this file.",
)
def practice(name, output):
    """Practise reflective writing.

    Without a NAME, list what there is. The NAME of a pair shows a weak and a good record of one case,
    with notes in the margin; that of a note asks for the label of each of its units, says at once
    what is right and why, and adds up at the end. The records are made up; nothing typed is kept.
    """
    from rich.console import Console

    from checker.practice import Pair, called, exercises, pairs, terminal

    console = Console()
    if name is None:
        if output:
            raise click.UsageError("--output writes a pair: name one, as in checker practice thursdays.")
        terminal.contents(pairs(), exercises(), console)
        return
    try:
        found = called(name)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if output:
        if not isinstance(found, Pair):
            raise click.UsageError(f"--output writes a pair; {name} is a note to label.")
        _write(found, output)
    elif isinstance(found, Pair):
        terminal.show(found, console)
    else:
        terminal.spot_it(found, _typed(), console)


def _write(pair, output: Path) -> None:
    from checker.practice import handout

    try:
        handout.write(pair, output)
    except OSError as error:
        raise click.UsageError(f"{output} cannot be written: {error.strerror}.") from None
    click.echo(f"{output}: {pair.title}.", err=True)


def _typed() -> Iterator[str]:
    """Lines from standard input until it ends or the learner presses Ctrl-C."""
    try:
        yield from iter(sys.stdin.readline, "")
    except KeyboardInterrupt:
        return
