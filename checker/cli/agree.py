"""`checker agree`: a marked worksheet in, how far its readers agree out."""

import json
from pathlib import Path

import click

from checker.cli.opening import refuse_to_overwrite_input


@click.command()
@click.argument(
    "worksheet", type=click.Path(dir_okay=False, exists=True, path_type=Path), metavar="WORKSHEET"
)
@click.option("--all", "all_", is_flag=True, help="Show every disagreement, not the first ten.")
@click.option("--no-text", is_flag=True, help="Quote no reasons and nothing of the notes.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it all to an .xlsx or .json as well.",
)
@click.option(
    "--to-labels",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="JSONL",
    help="Write the audited judgements, with the notes, as labels for python -m training audited.",
)
def agree(worksheet, all_, no_text, output, to_labels):
    """Say how far auditors and the tool agree.

    The WORKSHEET is one that checker sample --worksheet wrote and auditors have marked, wholly or partly.
    """
    import msgspec
    from rich.console import Console

    from checker.agreement import compare_readers, terminal, workbook
    from checker.agreement.labels import record_labels
    from checker.report import jsonl
    from checker.report.whole_file import replacing
    from checker.worksheet import WorksheetError, read_worksheet

    for path in filter(None, (output, to_labels)):
        refuse_to_overwrite_input(path, [worksheet])
    if output and output.suffix.lower() not in (".xlsx", ".json"):
        raise click.UsageError(f"Agreement is written as .xlsx or .json, not as {output.name}.")
    try:
        records = read_worksheet(worksheet)
    except WorksheetError as problem:
        raise click.UsageError(str(problem)) from None
    agreement = compare_readers(records, not no_text)
    if not agreement.marked and not agreement.marked_second:
        raise click.UsageError(
            f"Nothing is marked in {worksheet} yet: mark the yellow cells on its sheets, save it, and ask again."
        )
    try:
        if output and output.suffix.lower() == ".xlsx":
            workbook.write(agreement, output)
        elif output:
            with replacing(output) as draft:
                draft.write_text(json.dumps(msgspec.to_builtins(agreement), indent=1) + "\n")
        if to_labels:
            found = record_labels(records)
            with replacing(to_labels) as draft:
                draft.write_bytes(b"".join(map(jsonl.encoded, found.labels)))
    except OSError as error:
        raise click.UsageError(f"{error.filename} cannot be written: {error.strerror}.") from None
    terminal.show(agreement, Console(), all_)
    if to_labels:
        click.echo(
            f"{to_labels}: {len(found.labels)} labels; left out {found.unfinished} notes not wholly marked "
            f"and {found.disputed} on which two auditors differ.",
            err=True,
        )
    if output:
        click.echo(f"Written: {output}", err=True)
