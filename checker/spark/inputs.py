"""What the command line names, as a frame of records: files by the checker's own readers, the rest by Spark."""

import os
from collections.abc import Sequence
from functools import partial, reduce
from pathlib import Path

import msgspec
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from checker.codebook import RecordType
from checker.read import STANDARD_INPUT, files
from checker.record import Unreadable
from checker.settings import Settings
from checker.spark import workers
from checker.spark.frames import read_table, through

BYTES_A_TASK = 500_000
"""Of files as they lie, some two hundred notes: half a minute or so of one core, lost at most by a stop."""

RECORDS_A_TASK = 200

MOST_TASKS = 10_000
"""Each leaves a file."""


class CannotDo(Exception):
    """Spark cannot do what is asked; the message is one sentence that says what to do."""


def records(
    spark: SparkSession, inputs: Sequence[str], settings: Settings, record_type: RecordType | None
) -> tuple[DataFrame, int]:
    """The records of all inputs, as `workers.RECORDS`, and in how many tasks they are best checked.

    Files, folders and patterns must lie where every worker sees them under the same name. Addresses
    (``abfss://…``) of Parquet folders, and Delta tables, are opened by Spark.
    """
    if STANDARD_INPUT in inputs:
        raise CannotDo("Spark's workers do not see standard input; give a file.")
    tables = [given for given in inputs if "://" in given or Path(given, "_delta_log").is_dir()]
    frames, tasks = [], 2 * spark.sparkContext.defaultParallelism
    for given in tables:
        table = _table(spark, given)
        try:
            cells, reading = read_table(table, settings, given, record_type)
        except ValueError as problem:
            raise CannotDo(str(problem)) from None
        frames.append(through(cells, workers.RECORDS, reading))
        tasks += table.count() // RECORDS_A_TASK
    if others := [given for given in inputs if given not in tables]:
        found, size = _files(spark, others, settings, record_type)
        frames.append(found)
        tasks += size // BYTES_A_TASK
    return reduce(DataFrame.unionAll, frames), min(tasks, MOST_TASKS)


def _table(spark: SparkSession, given: str) -> DataFrame:
    form = "parquet" if given.rstrip("/").endswith(".parquet") else "delta"
    try:
        return spark.read.format(form).load(given)
    except (PySparkException, Py4JError):
        advice = "check the address" if form == "parquet" else "is it one, and has this Spark Delta?"
        raise CannotDo(f"Spark cannot open {given} as a {form.title()} table: {advice}") from None


def _files(
    spark: SparkSession, inputs: Sequence[str], settings: Settings, record_type: RecordType | None
) -> tuple[DataFrame, int]:
    """The records of files, and how many bytes these have."""
    rows, failures, size = [], [], 0
    for found in files(inputs, settings):
        if isinstance(found, Unreadable):
            row = workers.packed(None, found)
            failures.append((None, row["source"], None, bytearray(row["unreadable"])))
            continue
        path, own = found
        name = str(path).encode("utf-8", "replace").decode()  # as `packed` has it
        rows.append((name, bytearray(os.fsencode(path.absolute())), bytearray(msgspec.json.encode(own))))
        size += path.stat().st_size
    shape = from_arrow_schema(workers.RECORDS)
    failed = spark.createDataFrame(failures, shape)
    if not rows:
        return failed, size
    listed = spark.createDataFrame(rows, from_arrow_schema(workers.FILES))
    read = through(listed, workers.RECORDS, partial(workers.read_files, record_type=record_type))
    return read.unionAll(failed), size
