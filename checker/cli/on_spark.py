"""`checker check --engine spark`: records in, a folder of results out, whatever their number."""

import signal
import sys
from functools import partial
from pathlib import Path

import click
import pandas  # noqa: F401  not used, but Spark asks for it before it hands out Arrow
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from checker.checking import available_cores
from checker.cli.check import SPARK_FORMATS
from checker.cli.opening import (
    ExitStatus,
    open_checker,
    refuse_to_overwrite_input,
    report_form,
    wait_for_model,
)
from checker.spark import inputs as read
from checker.spark import outputs, workers
from checker.spark.frames import ask, left_to_do, through
from checker.spark.session import NoSpark, session


def check_on_spark(
    inputs, format_, output, kind, text, resume, master, jobs, model, config
) -> outputs.Counts:
    """Check all inputs and count what the folder holds at the end, earlier results included."""
    form = _form(format_, output, resume)
    if "://" not in output:
        refuse_to_overwrite_input(Path(output), [given for given in inputs if "://" not in given])
        if Path(output).exists() and not resume:
            raise click.UsageError(
                f"{output} is there already: go on with it with --resume, or write elsewhere."
            )
        output = str(Path(output).absolute())
    if master and jobs:
        raise click.UsageError(
            "--jobs is for this machine; a --master says itself how much it does at a time."
        )
    checker = open_checker(inputs, config, model, 1)
    wait_for_model(checker)
    asked = ask(checker, model, text, workers.COLUMNS if form in outputs.TYPED else form)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with session(master or f"local[{jobs or available_cores()}]") as spark:
            records, tasks = read.records(spark, inputs, checker.settings, kind)
            done = outputs.held(spark, form, output)
            if done is not None:
                if not resume:
                    raise read.CannotDo(f"{output} is there already: go on with it with --resume.")
                records = left_to_do(records, done, asked.sha256)
            step = partial(workers.check_records, asked=asked)
            results = through(records.repartition(tasks, "source"), asked.schema, step)
            outputs.write(results, form, output)
            return outputs.counted(outputs.held(spark, form, output))
    except (NoSpark, read.CannotDo) as problem:
        raise click.UsageError(str(problem)) from None
    except KeyboardInterrupt:
        click.echo(f"Stopped. {output} holds what was done; go on with --resume.", err=True)
        sys.exit(ExitStatus.STOPPED)
    except (PySparkException, Py4JError, OSError) as error:  # the last where Java has died
        raise click.ClickException(_why(error)) from None


def _form(format_: str | None, output: str | None, resume: bool) -> str:
    if not output:
        raise click.UsageError("Spark writes its results to a folder: name it with --output.")
    form = report_form(format_, Path(output), SPARK_FORMATS)
    if form not in SPARK_FORMATS:
        raise click.UsageError(f"Spark writes {', '.join(SPARK_FORMATS)}, not {form}.")
    if form == "csv" and resume:
        raise click.UsageError(
            "A folder of CSV cannot be gone on with: write parquet or jsonl, or start again."
        )
    return form


def _why(error: Exception) -> str:
    """A sentence that quotes nothing of what Spark says, which may be a row."""
    said = str(error)
    if "DATA_SOURCE_NOT_FOUND" in said:
        return "This Spark has no Delta: write parquet, or give it Delta's packages."
    if workers.WorkersDiffer.__name__ in said:
        return workers.DIFFER
    return f"Spark gave up ({type(error).__name__}); what was done is kept: look at the cluster, and go on with --resume."
