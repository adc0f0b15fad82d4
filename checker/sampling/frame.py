"""The frame: the records that can be drawn, and those that cannot."""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from checker.codebook import PlanBand, ReflectionBand
from checker.read.problem import CannotRead
from checker.read.table import SUFFIXES, BadRow, Header, column_key, rows
from checker.record import Assessment, Unreadable
from checker.report import jsonl
from checker.report.words import legible, plain
from checker.sampling.design import By, Candidate, Frame

_REFLECTION = tuple(ReflectionBand)
_PLAN = tuple(PlanBand)


def build_frame(results: Iterable[Assessment | Unreadable], leave_out: Collection[str] = ()) -> Frame:
    """Take in every record once.

    Parameters
    ----------
    results : iterable of Assessment or Unreadable
    leave_out : collection of str
        Ids of records that must not be drawn, such as those audited lately.

    Returns
    -------
    Frame
    """
    candidates: dict[tuple[str, str], Candidate] = {}
    unreadable, left_out, repeated = [], set(), 0
    records_left_out = 0
    for result in results:
        if isinstance(result, Unreadable):
            unreadable.append(result)
        elif result.id in leave_out:
            left_out.add(result.id)
            records_left_out += 1
        elif (result.id, result.source) in candidates:
            repeated += 1
        else:
            candidates[result.id, result.source] = _candidate(result)
    return Frame(
        candidates=tuple(candidates[key] for key in sorted(candidates)),
        left_out=records_left_out,
        unknown=len(set(leave_out) - left_out),
        repeated=repeated,
        unreadable=tuple(unreadable),
    )


def _candidate(assessment: Assessment) -> Candidate:
    return Candidate(
        id=assessment.id,
        source=assessment.source,
        record_type=assessment.record_type,
        team=assessment.team,
        service=assessment.service,
        worker=assessment.worker,
        month=f"{assessment.date:%Y-%m}" if assessment.date else None,
        weak=assessment.weak,
        weak_probability=assessment.weak_probability,
        bands=(_REFLECTION.index(assessment.reflection.band), _PLAN.index(assessment.plan.band)),
        packed=zlib.compress(jsonl.line(assessment), level=1),
    )


def grouped(candidates: Sequence[Candidate], by: Sequence[By]) -> Mapping[tuple[str, ...], list[int]]:
    """Put records together by what they say of a team, a service and so on.

    Parameters
    ----------
    candidates : sequence of Candidate
    by : sequence of By
        Several cross each other; none makes one group.

    Returns
    -------
    mapping of tuple of str to list of int
        A group's names, one for each of `by`, and the places of its records. A team typed in two ways is
        one team, called as it was met first.
    """
    spelt: dict[tuple[str, ...], tuple[str, ...]] = {}
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, candidate in enumerate(candidates):
        names = tuple(_value(candidate, part) or f"no {part.words} given" for part in by)
        names = spelt.setdefault(tuple(name.casefold() for name in names), names)
        groups.setdefault(names, []).append(place)
    return groups


def is_known(candidates: Iterable[Candidate], by: By) -> bool:
    """Whether any record says what its team, or whatever `by` is, is called."""
    return any(_value(candidate, by) for candidate in candidates)


def _value(candidate: Candidate, by: By) -> str:
    value = getattr(candidate, by.replace("-", "_"))
    return " ".join(legible(plain(value) if by is By.RECORD_TYPE else value).split()) if value else ""


def read_ids(path: str | Path, id_column: str = "id") -> set[str]:
    """Read a list of record ids: a text file with one a line, or a table, such as last quarter's worksheet.

    Parameters
    ----------
    path : path
        A table may be csv, tsv, xlsx, jsonl or parquet.
    id_column : str
        What the table calls its column of ids; "id" and "record" are known as well.

    Returns
    -------
    set of str

    Raises
    ------
    CannotRead
        With one sentence, where the file cannot be read or has no such column.
    """
    path = Path(path)
    try:
        if path.suffix.lower() in SUFFIXES:
            return set(_ids_of_table(path, id_column))
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CannotRead(
            "wrong_type", f"{path} is not a list of ids: save it as UTF-8 text with one id a line, or as CSV."
        ) from None
    except OSError as error:
        raise CannotRead("missing", f"{path} cannot be opened: {error.strerror}.") from None
    return {line.strip() for line in lines if line.strip()}


def _ids_of_table(path: Path, id_column: str) -> Iterable[str]:
    names = tuple(dict.fromkeys((id_column, "id", "record")))
    for row in rows(path, Header(str(path), names, ())):
        if isinstance(row, BadRow):
            raise CannotRead("corrupt", f"{path}, {row.place} {row.message}.")
        found = next((row.cells[key] for name in names if (key := column_key(name)) in row.cells), None)
        if isinstance(found, float) and found.is_integer():  # Excel keeps 1001 as 1001.0
            found = int(found)
        if found is not None and str(found).strip():
            yield str(found).strip()
