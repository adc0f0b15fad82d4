"""What would move a band up, in one sentence that brings in no case content."""

from collections.abc import Mapping
from math import ceil

from checker.codebook import MINIMUM_WORDS, PlanBand, RecordType, ReflectionBand
from checker.record import Assessment, Plan

_REFLECTION: Mapping[ReflectionBand, str] = {
    ReflectionBand.NOT_SCORABLE: f"Write at least {MINIMUM_WORDS} words of your own about this person: what happened, what it means and what is to be done.",
    ReflectionBand.LISTING: "Take one fact or opinion that weighs most and say what it means for this person, and what makes you think so.",
    ReflectionBand.EXPLAINING: "Weigh at least two other explanations, perspectives or things not known, and let them lead to a decision or an action. For a settled case, reasons are enough.",
    ReflectionBand.EXPLORING: "This is what a routine note aims at. One step further, not expected every month: say how the thinking has changed and why, or how bias, power or the agency's own practice plays a part.",
    ReflectionBand.QUESTIONING: "There is no band above this one.",
}


def reflection_upwards(assessment: Assessment) -> str:
    """What would move the reflection band up (codebook 5)."""
    return _REFLECTION[assessment.reflection.band]


def plan_upwards(assessment: Assessment) -> str:
    """What would move the plan band up, counted in actions (codebook 5)."""
    plan = assessment.plan
    if plan.band is PlanBand.NONE:
        if assessment.record_type is RecordType.MANAGEMENT_OVERSIGHT:
            return "An oversight note needs none; it needs a decision with its reason."
        return "Set at least one action: one person, one step that can be seen, one date."
    if plan.band is PlanBand.STRONG:
        return "There is no band above this one."
    return (
        f"Let {_missing(plan)} of the {plan.actions} actions say who does what by when: "
        "one person, one step that can be seen, one date."
        if plan.actions > 1
        else "Let the action say who does what by when: one person, one step that can be seen, one date."
    )


def _missing(plan: Plan) -> str:
    """How many more actions must be specific for the next band: a third of them, or two thirds."""
    share = 1 if plan.band is PlanBand.WEAK else 2
    return f"{ceil(share * plan.actions / 3) - plan.specific} more"
