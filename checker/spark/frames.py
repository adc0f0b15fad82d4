"""Frames in, frames out: a council's table to typed columns, and what is left to do of it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as sf
from pyspark.sql.pandas.types import from_arrow_schema

from checker.checking import Checker
from checker.codebook import RecordType
from checker.read.problem import CannotRead
from checker.read.table import Header, column_key
from checker.settings import Settings
from checker.spark import workers
from checker.spark.workers import Asked

Step = Callable[[workers.Batches], workers.Batches]
"""What a worker does with the batches of its task."""


def check_frame(
    df: DataFrame,
    text: str | Sequence[str] | None = None,
    id: str | None = None,
    *,
    model: str | Path | None = None,
    settings: Settings | None = None,
    quote: bool = True,
    done: DataFrame | None = None,
    **columns: str,
) -> DataFrame:
    """Assess every row of a Spark frame, where it lies.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        One record a row. Its partitions stay as they are; a few hundred records in each keep every core
        busy to the end.
    text : str or sequence of str, optional
        The column of the note, or several that are joined, each under its own name.
    id : str, optional
        The column of the record's id, which tells records apart and becomes their source.
    model : path, optional
        A model folder that every worker sees; without it the model that ships with the package.
    settings : Settings, optional
        What a council's `checker.toml` says; names given here go before its own.
    quote : bool
        Whether units hold the note's words.
    done : pyspark.sql.DataFrame, optional
        Results of earlier runs; a record whose id this model has read there is left out, as is one that
        could not be read.
    **columns : str
        The other columns by what they hold, as in `checker.settings.Columns`: ``date="Date of visit"``.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `checker.report.typed.schema`, lazily: a row a record, in no order. A record that
        cannot be read has its ``source`` and ``id`` and ``error_…`` columns alone.

    Raises
    ------
    ValueError
        When the frame lacks a column, or the settings cannot be used here.
    checker.label.ModelError
        When the model folder cannot be used.

    Examples
    --------
    >>> notes = spark.read.table("supervision.notes")  # doctest: +SKIP
    >>> check_frame(notes, text="Record", id="Form ID", date="Date").write.saveAsTable("assessed")  # doctest: +SKIP
    """
    settings = settings or Settings()
    names = {"text": text if text is None or isinstance(text, str) else tuple(text), "id": id, **columns}
    given = {field: name for field, name in names.items() if name is not None}
    settings = msgspec.structs.replace(settings, columns=msgspec.structs.replace(settings.columns, **given))
    checker = Checker(model, settings, jobs=1)
    asked = ask(checker, model, quote)
    cells, reading = read_table(df, settings)
    checking = partial(workers.check_records, asked=asked)
    if done is None:
        return through(cells, asked.schema, reading, checking)
    records = through(cells, workers.RECORDS, reading)
    return through(left_to_do(records, done, asked.sha256), asked.schema, checking)


def ask(checker: Checker, model: str | Path | None, text: bool, form: str = workers.COLUMNS) -> Asked:
    """What the workers are told, from a `Checker` that opened here: they must open the same."""
    folder = None if model is None else str(Path(model).absolute())
    return Asked(msgspec.json.encode(checker.settings), folder, checker.model.sha256, text, form)


def read_table(
    df: DataFrame, settings: Settings, source: str | None = None, record_type: RecordType | None = None
) -> tuple[DataFrame, Step]:
    """The cells of a frame that say something of a record, and the step that makes `workers.RECORDS` of them.

    `source` is the table's name. ValueError where the frame lacks a column.
    """
    if settings.long_form:
        raise ValueError("A form with a row for each question is read from a file, not from a Spark table.")
    names = settings.columns
    header = Header(source or "The frame", settings.text_columns, (names.id, *settings.named_columns))
    try:
        keys = header.keys(df.columns)
    except CannotRead as problem:
        raise ValueError(problem.message) from None
    fields = (getattr(names, field) for field in names.__struct_fields__ if field != "text")
    wanted = {column_key(name) for name in (*settings.text_columns, *fields)}
    first = dict(zip(reversed(keys), reversed(df.columns), strict=True))  # of two columns of one name
    cells = df.select(
        *(
            sf.col(f"`{first[key].replace('`', '``')}`").alias(key)
            for key in dict.fromkeys(keys)
            if key in wanted
        )
    )
    packed = msgspec.json.encode(settings)
    return cells, partial(workers.read_cells, settings=packed, source=source, record_type=record_type)


def left_to_do(records: DataFrame, done: DataFrame, sha256: str) -> DataFrame:
    """The records that `done` does not hold.

    A record is done when this model has read its id. An id that several records share says too little: of
    these, and of what could not be read, the source counts, and where records share that too, `done` must
    hold them all.

    Parameters
    ----------
    records : pyspark.sql.DataFrame
        `workers.RECORDS`.
    done : pyspark.sql.DataFrame
        Results, with ``id``, ``source`` and ``model_sha256``, which is null for an error.
    sha256 : str
        The hash of the model.
    """
    held = done.where(sf.col("model_sha256").isNull() | (sf.col("model_sha256") == sha256))
    ids = held.where(sf.col("model_sha256").isNotNull()).select(sf.col("id").alias("held_id")).distinct()
    sources = held.groupBy(sf.col("source").alias("held_source")).agg(sf.count("*").alias("held_times"))
    alike, twins = Window.partitionBy("id"), Window.partitionBy("id", "source")
    marked = records.withColumns({"alike": sf.count("*").over(alike), "twins": sf.count("*").over(twins)})
    by_source = (sf.col("source") == sf.col("held_source")) & (sf.col("held_times") >= sf.col("twins"))
    by_id = (sf.col("id") == sf.col("held_id")) & (sf.col("alike") == 1)
    left = marked.join(sources, by_source, "left_anti").join(ids, by_id, "left_anti")
    return left.drop("alike", "twins")


def through(df: DataFrame, schema: pa.Schema, *steps: Step) -> DataFrame:
    """A frame taken through steps, one after the other in the same worker."""

    def work(batches: workers.Batches) -> workers.Batches:
        for step in steps:
            batches = step(batches)
        return batches

    return df.mapInArrow(work, from_arrow_schema(schema))
