"""The checker on Spark beside `checker check` on the same table in the same run.

    python -m benchmarks.spark            50,000 records; a fifth of them for the step from one core to two
    python -m benchmarks.spark 1000       fewer

Whole processes are timed, Java's start included. The result is kept in `benchmarks/spark.json`, from which
`python -m benchmarks.cost --write` makes the tables of `docs/scale.md`.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil

from benchmarks.__main__ import CHECKER, seconds, write_csv
from checker.checking import Checker

RESULT = Path(__file__).with_name("spark.json")

EVERY = 0.5
"""Seconds between two looks at the memory."""


class Memory(msgspec.Struct, frozen=True):
    """What a job on Spark needed, in MB.

    Attributes
    ----------
    java : float
        Peak of Java, which is driver and executor in one on a single machine.
    worker : float
        Peak of the largest Python worker.
    early, late : float
        The largest Python worker's median, a fifth of the run in and in its last fifth.
    """

    java: float
    worker: float
    early: float
    late: float


class Measured(msgspec.Struct, frozen=True):
    """One run of this benchmark; times are in seconds of wall clock.

    Attributes
    ----------
    machine : str
    model : str
    records : int
        In the table that `here` and `spark` are times of.
    here, spark : float
        `checker check --jobs 2`, and the same on `local[2]`.
    few : int
        Records in the table that `one_core` and `two_cores` are times of.
    one_core, two_cores : float
        On `local[1]` and `local[2]`.
    memory : Memory
        Of the run on `local[2]`.
    """

    machine: str
    model: str
    records: int
    here: float
    spark: float
    few: int
    one_core: float
    two_cores: float
    memory: Memory


def on_spark(table: Path, output: Path, cores: int) -> tuple[float, Memory]:
    """Time a job and look at its memory."""
    command = [CHECKER, "check", str(table), "--engine", "spark", "--master", f"local[{cores}]"]
    start = time.perf_counter()
    job = psutil.Popen([*command, "--output", str(output), "--fail-on", "never"], stderr=subprocess.PIPE)
    java, workers = [], []
    while job.poll() is None:
        mine, largest = 0, 0
        for process in job.children(recursive=True):
            try:
                held, name = process.memory_info().rss / 1e6, process.name()
                if name == "java":
                    mine = max(mine, held)
                elif "pyspark.daemon" in process.cmdline():
                    largest = max(largest, held)
            except psutil.Error:  # it has ended since
                continue
        java.append(mine)
        workers.append(largest)
        time.sleep(EVERY)
    taken = time.perf_counter() - start
    if job.returncode:
        raise SystemExit(job.stderr.read().decode())
    working = [held for held in workers if held]
    fifth = len(working) // 5 or 1
    early, late = statistics.median(working[fifth : 2 * fifth]), statistics.median(working[-fifth:])
    return taken, Memory(java=max(java), worker=max(working), early=early, late=late)


def machine() -> str:
    """The processor and how many cores of it."""
    info = Path("/proc/cpuinfo")
    names = [line.split(": ")[1] for line in info.read_text().splitlines() if line.startswith("model name")]
    return f"{os.cpu_count()} cores of {names[0] if names else platform.processor()}"


def main(records: int = 50_000) -> None:
    """Measure, say it and keep it."""
    few = max(1, records // 5)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        table, less = write_csv(folder / "table.csv", records), write_csv(folder / "less.csv", few)
        here = seconds([CHECKER, "check", str(table), "--jobs", "2", "--output", str(folder / "here.jsonl")])
        spark, memory = on_spark(table, folder / "spark.parquet", 2)
        one_core, _ = on_spark(less, folder / "one.parquet", 1)
        two_cores, _ = on_spark(less, folder / "two.parquet", 2)
    model = Checker().model
    found = Measured(
        machine=machine(),
        model=f"{model.name} {model.version}",
        records=records,
        here=here,
        spark=spark,
        few=few,
        one_core=one_core,
        two_cores=two_cores,
        memory=memory,
    )
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    print(
        f"throughput: {records:,} records: checker check --jobs 2: {here:.0f} s ({records / here:.1f} a second); "
        f"Spark, local[2]: {spark:.0f} s ({records / spark:.1f} a second); share {here / spark:.0%}; "
        "wanted: at least 85%\n"
        f"scaling: {few:,} records: local[1]: {one_core:.0f} s; local[2]: {two_cores:.0f} s; "
        f"{one_core / two_cores:.2f} times; wanted: at least 1.8\n"
        f"memory: Java {memory.java:.0f} MB, the largest Python worker {memory.worker:.0f} MB; it held "
        f"{memory.early:.0f} MB early and {memory.late:.0f} MB late; wanted: no growth"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
