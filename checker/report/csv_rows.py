"""CSV: one row and one physical line a record, for a spreadsheet or a script."""

import csv
import io
from collections.abc import Iterable

from checker.codebook import Label, PlanBand, ReflectionBand
from checker.record import Assessment, Unreadable
from checker.report.about import DOES_NOT
from checker.report.questions import gather
from checker.report.words import legible

_SHARES = tuple(label for label in Label if label != Label.ADMIN)

COLUMNS = (
    *("source", "id", "record_type", "date", "recorded"),
    *("weak", "weak_probability", "reflection", "plan", "actions", "specific"),
    *(f"reflection_{band}" for band in ReflectionBand),
    *(f"plan_{band}" for band in PlanBand),
    *(f"share_{label}" for label in _SHARES),
    *("rules", "questions", "warnings", "error_kind", "error"),
    *("model", "model_version", "model_sha256", "about"),
)
"""The columns. `reflection_…` and `plan_…` are probabilities, `share_…` shares of the words; `about` says
what the tool does not do."""

# A spreadsheet runs what begins so (OWASP, "CSV Injection"); the full-width forms too.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def row(result: Assessment | Unreadable, text: bool = True) -> bytes:
    """One result as one line of UTF-8, its line feed included.

    Parameters
    ----------
    result : Assessment or Unreadable
        An input that could not be read has its source and error alone.
    text : bool
        Whether the questions quote the note.

    Returns
    -------
    bytes
        Text is quoted, on one line, without control characters; where it would begin a formula, an
        apostrophe stands before it.
    """
    if isinstance(result, Unreadable):
        cells = {"source": result.source, "error_kind": result.error.kind, "error": result.error.message}
    else:
        cells = _cells(result, text)
    cells["about"] = " ".join(DOES_NOT)
    return _line(cells.get(column, "") for column in COLUMNS)


def _cells(assessment: Assessment, text: bool) -> dict[str, str | int | float]:
    reflection, plan, model = assessment.reflection, assessment.plan, assessment.model
    return {
        "source": assessment.source,
        "id": assessment.id,
        "record_type": assessment.record_type,
        "date": assessment.date.isoformat() if assessment.date else "",
        "recorded": assessment.recorded.isoformat() if assessment.recorded else "",
        "weak": "yes" if assessment.weak else "no",
        "weak_probability": assessment.weak_probability,
        "reflection": reflection.band,
        "plan": plan.band,
        "actions": plan.actions,
        "specific": plan.specific,
        **{f"reflection_{band}": chance for band, chance in reflection.probabilities.items()},
        **{f"plan_{band}": chance for band, chance in plan.probabilities.items()},
        **{f"share_{label}": share for label, share in reflection.share.items()},
        "rules": " ".join(dict.fromkeys(finding.rule for finding in assessment.findings)),
        "questions": " ".join(
            question.in_a_line() for question in gather(assessment, assessment.findings, text)
        ),
        "warnings": " ".join(assessment.warnings),
        "model": model.name,
        "model_version": model.version,
        "model_sha256": model.sha256,
    }


def _line(cells: Iterable[str | int | float]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerow(
        harmless(cell) if isinstance(cell, str) else cell for cell in cells
    )
    return out.getvalue().encode()


def harmless(cell: str) -> str:
    """A cell as it is written: on one line, and never the beginning of a formula."""
    cell = legible(cell)
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


HEADER = _line(COLUMNS)
"""The first line, its line feed included."""
