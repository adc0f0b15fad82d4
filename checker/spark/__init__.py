"""Beyond one machine: the same records, read and checked on Spark, with the same results.

The driver only plans. Records are read and checked in Spark's Python workers, each of which opens the
model once and works on one thread, and results go from there to where they are written.
"""

from checker.spark.frames import check_frame

__all__ = ["check_frame"]
