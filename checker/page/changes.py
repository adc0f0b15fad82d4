"""What changed between two checks of one note, without keeping the first: the form carries its outcome along."""

import msgspec

from checker.codebook import PlanBand, ReflectionBand
from checker.record import Assessment
from checker.report.questions import gather


class Outcome(msgspec.Struct, frozen=True):
    """What a check found, without a word of the note: the bands, and each question with how often it is asked."""

    reflection: ReflectionBand
    plan: PlanBand
    weak: bool
    questions: dict[str, int]


class Changes(msgspec.Struct, frozen=True):
    """What a second check finds different.

    Attributes
    ----------
    before, now : Outcome
    answered : tuple of str
        Questions that are asked no more.
    fewer : tuple of str
        Questions asked of fewer places than before.
    new : tuple of str
        Questions that were not asked before.
    """

    before: Outcome
    now: Outcome
    answered: tuple[str, ...]
    fewer: tuple[str, ...]
    new: tuple[str, ...]


def outcome(assessment: Assessment) -> Outcome:
    """What a form carries along of a check."""
    asked = gather(assessment, assessment.findings, text=False)
    return Outcome(
        reflection=assessment.reflection.band,
        plan=assessment.plan.band,
        weak=assessment.weak,
        questions={question.question: max(1, len(question.quotes)) for question in asked},
    )


def written(found: Outcome) -> str:
    """An outcome as a form's hidden field holds it."""
    return msgspec.json.encode(found).decode()


def changes(field: str, assessment: Assessment) -> Changes | None:
    """What changed since the check whose outcome a form carried along; `None` where it carries none."""
    try:
        before = msgspec.json.decode(field.encode("utf-8", "replace"), type=Outcome)
    except msgspec.DecodeError:
        return None
    return _between(before, outcome(assessment))


def since(before: Assessment, assessment: Assessment) -> Changes:
    """What changed between two checks at hand."""
    return _between(outcome(before), outcome(assessment))


def _between(before: Outcome, now: Outcome) -> Changes:
    return Changes(
        before=before,
        now=now,
        answered=tuple(q for q in before.questions if q not in now.questions),
        fewer=tuple(q for q, n in now.questions.items() if n < before.questions.get(q, 0)),
        new=tuple(q for q in now.questions if q not in before.questions),
    )
