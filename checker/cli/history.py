"""`checker history`: a person's notes from month to month."""

import sys
from pathlib import Path

import click

from checker.cli.opening import (
    ExitStatus,
    config_option,
    jobs_option,
    model_option,
    open_settings,
    read_assessments,
    refuse_to_overwrite_input,
    report_form,
)

FORMATS = ("terminal", "jsonl", "xlsx", "html")


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--person", "people", multiple=True, metavar="ID", help="Show this person only; may be given again."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="Form of the report; without it, the ending of --output decides, else the terminal.",
)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file."
)
@click.option("--no-text", is_flag=True, help="Quote nothing of the notes in the report.")
@jobs_option
@model_option
@config_option
def history(inputs, people, format_, output, no_text, jobs, model, config):
    """Show what only shows from month to month.

    Actions carried over, never mentioned again or past their date; copied text; gaps; what is missing in
    note after note. Each note needs a person and a date, so an INPUT is a table with these columns, or
    the JSON lines or Parquet that checker check wrote of one.

    \b
    checker history export.xlsx --person C-1042
    checker history results.jsonl --output history.html

    \b
    Exit status: 0 done, 2 wrong usage, 3 at least one input could not be read.
    """
    form = report_form(format_, output, FORMATS)
    if output:
        refuse_to_overwrite_input(output, inputs)
    from checker.history import histories

    settings = open_settings(inputs, config)
    found = histories(read_assessments(inputs, config, model, jobs), settings.history)
    timelines = found.timelines(people)
    if not found.people:
        raise click.UsageError(f"No note stands on a timeline. {found.why_nothing()}")
    missing = found.unknown(people)
    if missing:
        raise click.UsageError(
            f"No note has the person {', '.join(missing)}; look at the ids in the column “{settings.columns.person}”."
        )
    try:
        if form == "jsonl":
            _write_lines(found, timelines, output, not no_text)
        elif form == "terminal":
            from rich.console import Console

            from checker.history import terminal

            terminal.show(found, list(timelines), Console(), not no_text)
        else:
            from importlib import import_module

            report = import_module(f"checker.history.{form}")
            report.write(found, list(timelines), output, not no_text)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise click.UsageError(f"{output or 'The report'} cannot be written: {error.strerror}.") from None
    if output:
        click.echo(f"{output}: {found.counted()}.", err=True)
    sys.exit(ExitStatus.UNREADABLE if found.unreadable else ExitStatus.OK)


def _write_lines(found, timelines, output: Path | None, text: bool) -> None:
    from checker.history import jsonl
    from checker.report.whole_file import replacing

    if output is None:
        sys.stdout.buffer.writelines(jsonl.lines(found, timelines, text))
        return
    with replacing(output) as draft, draft.open("wb") as file:
        file.writelines(jsonl.lines(found, timelines, text))
