"""What is judged of an audited record, by an auditor as by the tool, so that the two can be compared."""

from collections.abc import Mapping

import msgspec

from checker.codebook import REFLECTIVE, ActionBand, Flag, Label, PlanBand, RecordType, ReflectionBand
from checker.record import Assessment
from checker.report.words import legible, shortened
from checker.sampling.design import Draw

_LABELS = tuple(Label)
_ACTION_BANDS = tuple(ActionBand)

CRITERIA: Mapping[Flag, str] = {
    Flag.RATIONALE: "A decision with its reason",
    Flag.VOICE: "The person's voice",
    Flag.MATTERS: "What matters to the person",
    Flag.CONTINGENCY: "A contingency",
    Flag.PREVIOUS_ACTION: "Earlier actions accounted for",
}
"""What an auditor looks for in the whole note besides its bands, each by the flag that the tool finds it by."""


SHOWED_THE_TOOL = (
    "This worksheet showed the tool's bands once a row was marked, so later rows may lean towards the tool."
)
"""What to bear in mind of marks on a worksheet that was not blind."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """One reader's judgement of one record; what the reader left open is None, or not in `criteria`.

    Attributes
    ----------
    reflection : ReflectionBand, optional
    plan : PlanBand, optional
    weak : bool, optional
    criteria : mapping of Flag to bool
        Whether the note shows each of `CRITERIA`.
    reasons : str
        In the reader's own words; for the tool, the lines that its bands rest on.
    """

    reflection: ReflectionBand | None = None
    plan: PlanBand | None = None
    weak: bool | None = None
    criteria: Mapping[Flag, bool] = {}
    reasons: str = ""

    @property
    def is_begun(self) -> bool:
        """Whether anything has been judged."""
        return bool(self.criteria) or any(
            judged is not None for judged in (self.reflection, self.plan, self.weak)
        )


class AuditedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an audit worksheet, filled in or not.

    Attributes
    ----------
    id, source : str
        As in the assessment that the row was drawn from; together they name one record.
    record_type : RecordType
    stratum : str
        Such as ``"North team"``; empty where the draw was simple.
    probability : float
        The probability, above 0 and at most 1, with which the draw would have taken this record.
    draw : Draw
    auditor, second : Judgement
        Of the auditor, and of a second one who marked the same record without seeing the first's.
    tool : Judgement
        Complete: nothing in it is open.
    text : str
        The note, as the worksheet shows it.
    revealed : bool
        Whether the worksheet showed the tool's judgement once the auditor's was in.
    empty : tuple of str
        The cells, such as ``"Audit!F7"``, left empty in a row that an auditor has begun.
    """

    id: str
    source: str
    record_type: RecordType
    stratum: str
    probability: float
    draw: Draw
    auditor: Judgement
    second: Judgement
    tool: Judgement
    text: str
    revealed: bool = False
    empty: tuple[str, ...] = ()


def tool_judgement(assessment: Assessment) -> Judgement:
    """What the tool says of a record, in the terms that an auditor is asked.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    Judgement
    """
    return Judgement(
        reflection=assessment.reflection.band,
        plan=assessment.plan.band,
        weak=assessment.weak,
        criteria={flag: _shows(assessment, flag) for flag in CRITERIA},
        reasons=_rests_on(assessment),
    )


def _shows(assessment: Assessment, criterion: Flag) -> bool:
    """Whether the tool finds a criterion anywhere in a record; a reason counts where it is a decision's."""
    return any(
        criterion in unit.flags and (criterion != Flag.RATIONALE or unit.label == Label.DECISION)
        for unit in assessment.units
    )


def _rests_on(assessment: Assessment) -> str:
    """The line with most reflection and the vaguest action, or that there is none."""
    reflective = [unit for unit in assessment.units if unit.label in REFLECTIVE]
    actions = [unit for unit in assessment.units if unit.action]
    most = max(reflective, key=lambda unit: _LABELS.index(unit.label), default=None)
    vaguest = min(actions, key=lambda unit: _ACTION_BANDS.index(unit.action.band), default=None)
    return "; ".join(
        (
            f"{most.label}: “{shortened(legible(most.text))}”" if most else "no line gives a reason",
            f"{vaguest.action.band} action: “{shortened(legible(vaguest.text))}”" if vaguest else "no action",
        )
    )
