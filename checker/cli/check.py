"""`checker check`: records in, a report and an exit status out."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module
from itertools import chain
from pathlib import Path
from threading import Thread

import click

from checker.cli.opening import (
    ExitStatus,
    config_option,
    jobs_option,
    model_option,
    open_checker,
    refuse_to_overwrite_input,
    report_form,
    wait_for_model,
)
from checker.codebook import RecordType

LINE_FORMATS = ("jsonl", "json", "csv")
FILE_FORMATS = ("xlsx", "html")
FORMATS = ("terminal", *LINE_FORMATS, *FILE_FORMATS)
SPARK_FORMATS = ("parquet", "delta", "jsonl", "csv")


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(dict.fromkeys((*FORMATS, *SPARK_FORMATS)))),
    help="Form of the report; without it, the ending of --output decides, else the terminal.",
)
@click.option(
    "--output", "-o", type=click.Path(), help="Write the report to this file; with Spark, to this folder."
)
@click.option(
    "--record-type",
    type=click.Choice([t.value for t in RecordType]),
    help="Kind of the records whose source does not say; without it, case.",
)
@click.option("--all", "all_", is_flag=True, help="Show every question, not the first five.")
@click.option("--no-text", is_flag=True, help="Quote nothing of the notes in the report.")
@click.option(
    "--fail-on",
    type=click.Choice(["weak", "never"]),
    default="weak",
    show_default=True,
    help="Whether a weak record makes the exit status 1.",
)
@click.option("--resume", is_flag=True, help="Go on with an --output that was stopped.")
@click.option(
    "--engine",
    type=click.Choice(["here", "spark"]),
    default="here",
    show_default=True,
    help="What checks: this command itself, or Spark, for more notes than one machine manages.",
)
@click.option("--master", metavar="URL", help="Spark's cluster; without it, the cores of this machine.")
@jobs_option
@model_option
@config_option
def check(
    inputs, format_, output, record_type, all_, no_text, fail_on, resume, engine, master, jobs, model, config
):
    """Check records and flag the weak ones.

    An INPUT is a file (txt, md, docx, pdf, rtf, html, eml, csv, tsv, xlsx, jsonl, parquet), a folder, a
    glob, or - for standard input.

    \b
    Exit status: 0 nothing weak, 1 at least one weak record, 2 wrong usage,
    3 at least one input could not be read, 130 stopped.
    """
    if master and engine != "spark":
        raise click.UsageError("--master is Spark's: add --engine spark.")
    if resume and not output:
        raise click.UsageError("--resume goes on with an output: name it with --output.")
    kind = RecordType(record_type) if record_type else None
    tally = Tally()
    if engine == "spark":
        found = _on_spark()(inputs, format_, output, kind, not no_text, resume, master, jobs, model, config)
        tally.records, tally.weak, tally.unreadable = found.records, found.weak, found.unreadable
        click.echo(f"{output}: {tally.said()}.", err=True)
        sys.exit(tally.status(fail_on))
    if format_ in SPARK_FORMATS and format_ not in FORMATS:
        raise click.UsageError(f"The form {format_} is written by Spark: add --engine spark.")
    output = Path(output) if output else None
    form = report_form(format_, output, FORMATS)
    if output:
        refuse_to_overwrite_input(output, inputs)
        if output.is_dir():
            raise click.UsageError(f"{output} is a folder; name the file that the report shall be.")
    checker = open_checker(inputs, config, model, jobs)
    if form == "terminal":  # loaded while the network opens and reads
        Thread(target=import_module, args=("checker.report.terminal",), daemon=True).start()
    wait_for_model(checker)
    gc.freeze()
    gc.enable()
    for asked in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs start with SIGINT ignored
        signal.signal(asked, _stop)
    try:
        if form in LINE_FORMATS:
            _write_lines(checker, inputs, kind, form, output, not no_text, resume, tally)
        elif form in FILE_FORMATS:
            _write_file(checker, inputs, kind, form, output, not no_text, resume, tally)
        else:
            _print(checker, inputs, kind, all_, not no_text, tally)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise click.UsageError(f"{output or 'The report'} cannot be written: {error.strerror}.") from None
    except KeyboardInterrupt:
        where = f"{output} holds what was done; go on with --resume." if output else "Nothing was kept."
        click.echo(f"Stopped after {tally.records:,} records. {where}", err=True)
        sys.exit(ExitStatus.STOPPED)
    if output:
        click.echo(f"{output}: {tally.said()}.", err=True)
    sys.exit(tally.status(fail_on))


class Tally:
    """What a run has seen, for its exit status and its last words."""

    def __init__(self) -> None:
        self.records = self.weak = self.unreadable = 0

    def count(self, results: Iterator) -> Iterator:
        """Pass results through, counting them."""
        from checker.record import Unreadable

        for result in results:
            self.add(None if isinstance(result, Unreadable) else result.weak)
            yield result

    def add(self, weak: bool | None) -> None:
        """Count one result; `None` is one that could not be read."""
        self.records += 1
        self.weak += bool(weak)
        self.unreadable += weak is None

    def said(self) -> str:
        """The counts in words."""
        unreadable = f"; {self.unreadable:,} of the inputs could not be read" if self.unreadable else ""
        read = self.records - self.unreadable
        return f"{read:,} record{'s' * (read != 1)}, {self.weak:,} weak{unreadable}"

    def status(self, fail_on: str) -> ExitStatus:
        """The exit status that this run deserves."""
        if self.unreadable:
            return ExitStatus.UNREADABLE
        return ExitStatus.WEAK if self.weak and fail_on == "weak" else ExitStatus.OK


def _on_spark():
    try:
        from checker.cli.on_spark import check_on_spark
    except ModuleNotFoundError as missing:
        raise click.UsageError(
            f'--engine spark needs {missing.name}, which is not installed: pip install "supervision-checker[spark]"'
        ) from None
    return check_on_spark


def _stop(signum, frame):
    raise KeyboardInterrupt


def _records(checker, inputs, kind) -> Iterator:
    from checker.read import read

    return iter(read(inputs, checker.settings, kind))


def _print(checker, inputs, kind, all_: bool, text: bool, tally: Tally) -> None:
    """One record in full, or many in a table."""
    results = _results(checker, inputs, _records(checker, inputs, kind), tally)
    first, second = next(results, None), next(results, None)
    from rich.console import Console

    from checker.record import Assessment
    from checker.report import terminal
    from checker.rules import first_questions

    console = Console()
    if second is None and isinstance(first, Assessment):
        terminal.one(first, first_questions(first.findings), console, all_, text)
        return
    begun = (result for result in (first, second) if result is not None)
    terminal.many(chain(begun, results), console)


def _write_lines(checker, inputs, kind, form, output, text, resume, tally) -> None:
    """Write one line a result, as they come."""
    from checker import journal

    records = _records(checker, inputs, kind)
    shape = journal.FORMS[form]
    try:
        stamps = journal.done_so_far(shape, output) if resume and output.exists() else []
        journal.skip(shape, records, stamps, checker.model, output)
    except journal.ResumeError as error:
        raise click.UsageError(str(error)) from None
    for stamp in stamps:
        tally.add(stamp.weak)
    mode = "r+b" if stamps else "wb"
    with output.open(mode, buffering=0) if output else nullcontext(sys.stdout.buffer) as stream:
        if stamps:
            stream.seek(0, os.SEEK_END)
        sink = journal.Sink(shape, stream, text, len(stamps))
        for result in _results(checker, inputs, records, tally):
            sink.write(result)
        sink.close()


def _write_file(checker, inputs, kind, form, output, text, resume, tally) -> None:
    """Keep results in a journal beside the output as they come; write the report from it at the end."""
    from checker.journal import Journal

    kept = output.with_name(output.name + ".partial.jsonl")
    report = import_module(f"checker.report.{form}")
    try:
        _write_lines(checker, inputs, kind, "jsonl", kept, text, resume, tally)
    except KeyboardInterrupt:
        report.write(Journal(kept), output, text)
        raise
    report.write(Journal(kept), output, text)
    kept.unlink()


def _results(checker, inputs, records: Iterator, tally: Tally) -> Iterator:
    """The results of all records, counted, with a bar on standard error where that is a terminal."""
    results = tally.count(checker.check_records(records))
    if not sys.stderr.isatty():
        yield from results
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from checker.read import count

    total = count((path for path in inputs if path != "-"), checker.settings) or None
    columns = (TextColumn("Checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(results, total=total, completed=tally.records)
