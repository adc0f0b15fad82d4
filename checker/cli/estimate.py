"""`checker estimate`: shares that can be defended, from all records and an audited random sample."""

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
)
from checker.sampling.design import By

ENDINGS = (".csv", ".json", ".html")


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--audit",
    required=True,
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="XLSX",
    help="The filled worksheet of a random draw from these records.",
)
@click.option(
    "--by",
    type=click.Choice([by.value for by in By if by is not By.WORKER]),
    help="Work out each group by itself as well. There is none by worker.",
)
@click.option(
    "--leave-out",
    multiple=True,
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="The ids that checker sample was told to leave out.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every share to a .csv or .json, or a report with charts to an .html.",
)
@click.option(
    "--charts",
    "charts_",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write each chart to this folder as PNG and SVG.",
)
@jobs_option
@model_option
@config_option
def estimate(inputs, audit, by, leave_out, output, charts_, jobs, model, config):
    """Work out the shares of weak records, of each band and of each criterion.

    An INPUT is the JSON lines or Parquet that checker check wrote, or anything that checker check reads: the
    records that checker sample drew from. Each share comes three ways: from the audited records alone,
    from these and the tool together, and as the tool's own count.

    \b
    checker estimate results.jsonl --audit audit.xlsx --by team --output shares.html
    """
    if output:
        if output.suffix.lower() not in ENDINGS:
            raise click.UsageError(f"Shares are written as .csv, .json or .html, not as {output.name}.")
        refuse_to_overwrite_input(output, [*inputs, audit, *leave_out])
    if charts_ and not charts_.resolve().parent.is_dir():
        raise click.UsageError(f"{charts_.parent} is not a folder; make it first, or write elsewhere.")
    from rich.console import Console

    from checker.estimation import EstimationError, charts, estimate, html, listing, terminal
    from checker.read.problem import CannotRead
    from checker.sampling import build_frame
    from checker.sampling.frame import read_ids
    from checker.worksheet import WorksheetError, read_worksheet

    settings = open_settings(inputs, config)
    try:
        audited = read_worksheet(audit)  # before anything is checked, which takes time
        left_out = set().union(*(read_ids(path, settings.columns.id) for path in leave_out))
        frame = build_frame(read_assessments(inputs, config, model, jobs), left_out)
        estimates = estimate(frame, audited, By(by) if by else None)
        if output:
            (html if output.suffix.lower() == ".html" else listing).write(estimates, output)
        if charts_:
            charts.write(charts.charts(estimates), charts_)
    except CannotRead as problem:
        raise click.UsageError(problem.message) from None
    except (EstimationError, WorksheetError) as problem:
        raise click.UsageError(str(problem)) from None
    except OSError as error:
        raise click.UsageError(f"{error.filename} cannot be written: {error.strerror}.") from None
    terminal.show(estimates, Console())
    for path in filter(None, (output, charts_)):
        click.echo(f"Written: {path}", err=True)
    sys.exit(ExitStatus.UNREADABLE if frame.unreadable else ExitStatus.OK)
