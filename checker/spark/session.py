"""A Spark session for the command line: quiet, and keeping what it must write on disk to itself."""

import logging
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

_LOCAL = re.compile(r"local(?:\[(\d+|\*)\])?")

_RETRIES = 4
"""How often a task is tried on one machine, as on a cluster (Spark's own spark.task.maxFailures)."""

_SETTINGS = {
    # A task's results are in place once it ends, so that a job that is stopped has not worked for nothing.
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "200",
    "spark.ui.enabled": "false",
}
_ON_ONE_MACHINE = {
    # What Spark puts aside on disk on the way holds notes.
    "spark.io.encryption.enabled": "true",
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
}


class NoSpark(Exception):
    """Spark cannot be started; the message is one sentence that says what to do."""


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session on `master`, ended afterwards.

    What Spark has to say here, in Java and in Python, goes nowhere, since some of it holds rows.

    Raises
    ------
    NoSpark
        Where there is no Java, or no such master.
    """
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise NoSpark(
            "Spark needs Java 17, which is not installed: apt-get install openjdk-17-jre-headless, "
            "or set JAVA_HOME to where it is."
        )
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")  # of pandas, unused here
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    local = _LOCAL.fullmatch(master)
    builder = SparkSession.builder.appName("supervision-checker")
    builder = builder.master(f"local[{local[1] or 1},{_RETRIES}]" if local else master)
    for name, value in (_SETTINGS | (_ON_ONE_MACHINE if master.startswith("local") else {})).items():
        builder = builder.config(name, value)
    try:
        with _silent():  # Java keeps, all its life, the standard error that it was started with
            spark = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise NoSpark(
            f"Spark cannot be started on {master}; is it the right --master, and Java 17?"
        ) from error
    logging.disable()
    try:
        with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
            yield spark
    finally:
        logging.disable(logging.NOTSET)
        with suppress(Py4JError, OSError):  # Java may be gone
            spark.stop()


@contextmanager
def _silent() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
