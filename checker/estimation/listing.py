"""Shares as a file: a row a figure for a spreadsheet, or everything as JSON."""

import csv
import io
import os
from collections.abc import Iterator

import msgspec

from checker.estimation.estimators import Share
from checker.estimation.figures import Estimates, Group
from checker.report.csv_rows import harmless
from checker.report.whole_file import replacing

COLUMNS = (
    *("group", "records", "measure", "audited"),
    *(f"{way}_{part}" for way in ("auditors", "auditors_and_tool") for part in ("share", "low", "high")),
    "tool_share",
)
"""The columns of the CSV. Shares are from 0 to 1; a group too small to be shown has no shares."""


def write(estimates: Estimates, path: str | os.PathLike[str]) -> None:
    """Write shares as CSV or as JSON, by the ending of the path.

    Parameters
    ----------
    estimates : Estimates
    path : path-like
        ``.csv``, else JSON: `Estimates` as it stands.

    Raises
    ------
    OSError
        Where the file cannot be written there.
    """
    with replacing(path) as draft:
        if draft.suffix.lower() == ".csv":
            out = io.StringIO()
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(COLUMNS)
            for group in (estimates.overall, *estimates.groups):
                rows.writerows(_rows(group))
            draft.write_text(out.getvalue(), encoding="utf-8", newline="")
        else:
            draft.write_bytes(msgspec.json.format(msgspec.json.encode(estimates)) + b"\n")


def _rows(group: Group) -> Iterator[list]:
    name = harmless(", ".join(group.names)) or "all"
    if not group.is_shown:
        yield [name, group.records, *[""] * (len(COLUMNS) - 2)]
    for figure in group.figures:
        yield [
            *(name, group.records, figure.measure.title, figure.audited),
            *(_limits(figure.alone) + _limits(figure.powered)),
            round(figure.tool, 4),
        ]


def _limits(share: Share | None) -> list:
    if share is None:
        return [""] * 3
    return [round(value, 4) for value in (share.share, share.interval.low, share.interval.high)]
