"""`checker sample`: which notes people should read, and the worksheet to mark them in."""

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
from checker.sampling.design import Allocation, By, Order


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--size", "-n", type=click.IntRange(min=1), help="How many notes to draw.")
@click.option(
    "--within",
    type=click.FloatRange(min=1, max=50),
    metavar="POINTS",
    help="In place of --size: as few notes as show a share within so many percentage points, such as 10.",
)
@click.option(
    "--draw",
    type=click.Choice(["random", *(order.value for order in Order)]),
    default="random",
    show_default=True,
    help="At random, or a risk list, which can estimate nothing.",
)
@click.option(
    "--by",
    multiple=True,
    type=click.Choice([by.value for by in By]),
    help="Draw from each of these groups by itself; give it twice to cross two.",
)
@click.option(
    "--allocation",
    type=click.Choice([way.value for way in Allocation]),
    help="How groups share the draw: by their size (usual), equally, or most where notes differ most (neyman).",
)
@click.option(
    "--random-share",
    type=click.FloatRange(min=0, max=50),
    default=10,
    show_default=True,
    metavar="PERCENT",
    help="Of a risk list: the part that is random notes, unmarked, so that what the tool misses is seen.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same notes again.")
@click.option(
    "--leave-out",
    multiple=True,
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="Ids not to draw, such as last quarter's: a text file with one a line, a table, or a worksheet.",
)
@click.option(
    "--worksheet",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="XLSX",
    help="Write an Excel workbook in which auditors mark the notes, blind to the tool.",
)
@click.option(
    "--reveal", is_flag=True, help="In the worksheet, show the tool's bands of a note once it is marked."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the list, with each note's probability of being drawn, to a .csv or .jsonl.",
)
@jobs_option
@model_option
@config_option
def sample(
    inputs,
    size,
    within,
    draw,
    by,
    allocation,
    random_share,
    seed,
    leave_out,
    worksheet,
    reveal,
    output,
    jobs,
    model,
    config,
):
    """Draw notes for people to read.

    An INPUT is the JSON lines or Parquet that checker check wrote, or anything that checker check reads, which is
    checked first.

    \b
    checker sample results.jsonl --size 40 --by team --worksheet audit.xlsx
    checker sample results.jsonl --within 10
    checker sample results.jsonl --size 20 --draw weakest --leave-out audit.xlsx
    """
    _refuse_what_does_not_fit(size, within, draw, by, allocation, worksheet, reveal, output)
    for path in filter(None, (worksheet, output)):
        refuse_to_overwrite_input(path, [*inputs, *leave_out])
    from rich.console import Console

    from checker.read.problem import CannotRead
    from checker.sampling import SamplingError, build_frame, listing, random_draw, risk_draw, terminal
    from checker.sampling.frame import read_ids
    from checker.worksheet import WorksheetError, write_worksheet

    settings = open_settings(inputs, config)
    try:
        left_out = [read_ids(path, settings.columns.id) for path in leave_out]
        frame = build_frame(read_assessments(inputs, config, model, jobs), set().union(*left_out))
        if draw == "random":
            chosen = Allocation(allocation or Allocation.PROPORTIONAL)
            drawn = random_draw(frame, size, within and within / 100, [By(part) for part in by], chosen, seed)
        else:
            drawn = risk_draw(frame, size, Order(draw), random_share / 100, seed)
        terminal.show(drawn, frame, leave_out, Console())  # first: a library that it lacks must leave no file
        if worksheet:
            write_worksheet(drawn, worksheet, reveal)
        if output:
            listing.write(drawn, output)
    except CannotRead as problem:
        raise click.UsageError(problem.message) from None
    except (SamplingError, WorksheetError) as problem:
        raise click.UsageError(str(problem)) from None
    except OSError as error:
        raise click.UsageError(f"{error.filename} cannot be written: {error.strerror}.") from None
    for path in filter(None, (worksheet, output)):
        click.echo(f"Written: {path}", err=True)
    sys.exit(ExitStatus.UNREADABLE if frame.unreadable else ExitStatus.OK)


def _refuse_what_does_not_fit(size, within, draw, by, allocation, worksheet, reveal, output):
    if (size is None) == (within is None):
        raise click.UsageError("Say how many notes with --size, or how sure you want to be with --within.")
    if draw != "random" and (within or by or allocation):
        raise click.UsageError(
            "--within, --by and --allocation belong to a random draw; a risk list takes --size."
        )
    if allocation and not by:
        raise click.UsageError("--allocation shares a draw among groups: say which with --by.")
    if reveal and not worksheet:
        raise click.UsageError("--reveal belongs to a worksheet: name it with --worksheet.")
    if worksheet and worksheet.suffix.lower() != ".xlsx":
        raise click.UsageError(f"A worksheet is an Excel file: call it {worksheet.stem}.xlsx.")
    if worksheet and worksheet.exists():
        raise click.UsageError(
            f"{worksheet} is there already, perhaps with marks in it: choose another name, or move it away."
        )
    if output and output.suffix.lower() not in (".csv", ".jsonl"):
        raise click.UsageError(f"The list is written as .csv or .jsonl, not as {output.name}.")
