"""Parquet files, a few rows at a time."""

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from checker.read.problem import CannotRead
from checker.read.table import BadRow, Header, Row, row

_CONFINED = {
    "threads": 1,
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""DuckDB as a reader only: nothing fetched, nothing written to disk."""


def parquet_rows(path: Path, header: Header) -> Iterator[Row | BadRow]:
    """The rows of a Parquet file, counted from 1."""
    table = parquet_table(path, header.source)
    keys = header.keys(next(table))
    for number, cells in enumerate(table, 1):
        yield row(f"row {number}", keys, cells)


def parquet_table(path: Path, source: str) -> Iterator[Sequence[Any]]:
    """A Parquet file's column names, then the cells of each row; `source` is what messages call it.

    Raises
    ------
    CannotRead
        Where it is no Parquet file, or damaged.
    """
    with path.open("rb") as file:
        if file.read(4) != b"PAR1":
            raise CannotRead(
                "wrong_type",
                f"{source} is not a Parquet file, whatever its name says; export it again.",
            )
    try:
        with duckdb.connect(config=_CONFINED) as engine:
            # A row group fetched ahead, or kept, would be the whole file where a file is one row group.
            engine.execute("SET disable_parquet_prefetching = true; SET enable_external_file_cache = false")
            engine.execute("SET enable_progress_bar = false")
            name = glob.escape(str(path.absolute()))
            table = engine.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [name])
            yield [column[0] for column in table.description]
            while batch := table.fetchmany(64):
                yield from batch
    except (duckdb.Error, ValueError, OverflowError):
        raise CannotRead(
            "corrupt",
            f"{source} is damaged or protected and cannot be read as Parquet; export it again.",
        ) from None
