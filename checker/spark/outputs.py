"""Results where they are to stay: a folder that Spark writes, and that can be gone on with."""

import msgspec
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf

from checker.report import csv_rows

TYPED = ("parquet", "delta")
"""The forms that keep the columns' types; the others are lines."""

_AS_IT_IS = {
    "sep": "\x01",
    "quote": "",
    "escape": "",
    "ignoreLeadingWhiteSpace": False,
    "ignoreTrailingWhiteSpace": False,
}
"""How Spark's CSV writer leaves a line as it is; its writer of text knows no header and no ending but .txt."""


class Counts(msgspec.Struct, frozen=True):
    """What a folder of results holds."""

    records: int
    weak: int
    unreadable: int


def write(results: DataFrame, form: str, output: str) -> None:
    """Add results to a folder."""
    if form in TYPED:
        results.write.mode("append").format(form).save(output)
        return
    head = csv_rows.HEADER.decode().rstrip("\n") if form == "csv" else None
    lines = results.toDF(head) if head else results
    lines.write.mode("append").options(**_AS_IT_IS, header=bool(head), extension=form).csv(output)


def held(spark: SparkSession, form: str, output: str) -> DataFrame | None:
    """What a folder says of each result: ``id``, ``source``, ``model_sha256``, ``weak``, ``error_message``.

    None where it is not there, or holds nothing yet.
    """
    try:
        if form == "jsonl":
            lines = spark.read.text(output)
            keys = ("id", "source", "model.sha256", "weak", "error.message")
            cells = (sf.get_json_object("value", f"$.{key}").alias(key.replace(".", "_")) for key in keys)
            return lines.select(*cells)
        if form == "csv":
            table = spark.read.options(header=True, escape='"').csv(output)
            failed = sf.nullif("error", sf.lit("")).alias("error_message")
            return table.select(
                "id", "source", "model_sha256", (sf.col("weak") == "yes").alias("weak"), failed
            )
        return spark.read.format(form).load(output)
    except AnalysisException:
        return None


def counted(results: DataFrame) -> Counts:
    """Count what `held` gives."""
    weak = sf.count_if(sf.coalesce(sf.col("weak").cast("boolean"), sf.lit(False)))
    found = results.agg(sf.count("*"), weak, sf.count("error_message")).first()
    return Counts(*found)
