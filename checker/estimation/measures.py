"""What a share is worked out of: weak records, each band, each criterion; an auditor's word as the tool's."""

from enum import StrEnum

import msgspec

from checker.codebook import Flag, PlanBand, ReflectionBand
from checker.report.words import plain
from checker.worksheet import CRITERIA, Judgement


class Kind(StrEnum):
    """Which part of a judgement a measure looks at."""

    RECORD = "record"
    REFLECTION = "reflection"
    PLAN = "plan"
    CRITERION = "criterion"


class Measure(msgspec.Struct, frozen=True):
    """One thing that a record has or has not.

    Attributes
    ----------
    kind : Kind
    of : ReflectionBand, PlanBand or Flag, optional
        Which band or criterion; None for weak records.
    """

    kind: Kind
    of: ReflectionBand | PlanBand | Flag | None = None

    @property
    def title(self) -> str:
        """What readers call it, such as ``"Reflection: listing"``."""
        if self.kind is Kind.RECORD:
            return "Weak record"
        if self.kind is Kind.CRITERION:
            return CRITERIA[self.of]
        return f"{self.kind.capitalize()}: {plain(self.of)}"

    def holds(self, judgement: Judgement) -> bool | None:
        """Whether a reader found it; None where the reader left that open."""
        if self.kind is Kind.RECORD:
            return judgement.weak
        if self.kind is Kind.CRITERION:
            return judgement.criteria.get(self.of)
        band = judgement.reflection if self.kind is Kind.REFLECTION else judgement.plan
        return None if band is None else band == self.of


WEAK = Measure(Kind.RECORD)

MEASURES = (
    WEAK,
    *(Measure(Kind.REFLECTION, band) for band in ReflectionBand),
    *(Measure(Kind.PLAN, band) for band in PlanBand),
    *(Measure(Kind.CRITERION, flag) for flag in CRITERIA),
)
"""Every measure, in the order of every table."""
