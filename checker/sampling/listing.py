"""A draw as a file: the officer's own key, which says how each record came onto the list."""

import csv
import io
import json
import os

import msgspec

from checker.report.csv_rows import harmless
from checker.report.whole_file import replacing
from checker.sampling.design import Draw, Sample


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a draw."""

    id: str
    source: str
    stratum: str
    probability: float
    draw: Draw


def write(sample: Sample, path: str | os.PathLike[str]) -> None:
    """Write a draw as CSV or as JSON lines, by the ending of the path.

    Parameters
    ----------
    sample : Sample
    path : path-like
        ``.csv``, else JSON lines.

    Raises
    ------
    OSError
        Where the file cannot be written there.
    """
    lines = [
        Line(
            id=drawn.candidate.id,
            source=drawn.candidate.source,
            stratum=drawn.stratum,
            probability=drawn.probability,
            draw=drawn.draw,
        )
        for drawn in sample.drawn
    ]
    with replacing(path) as draft:
        draft.write_bytes(_csv(lines) if draft.suffix.lower() == ".csv" else _json_lines(lines))


def _csv(lines: list[Line]) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(Line.__struct_fields__)
    for line in lines:
        rows.writerow(harmless(c) if isinstance(c, str) else c for c in msgspec.structs.astuple(line))
    return out.getvalue().encode()


def _json_lines(lines: list[Line]) -> bytes:
    # Escaped, so that a file name which is not UTF-8 is not lost.
    return "".join(json.dumps(msgspec.to_builtins(line)) + "\n" for line in lines).encode()
