"""The codebook: every label, flag, element and band, and the rules that join them.

This module is the only place where these words are spelt. Its definitions come from the project's
codebook, which draws on the levels of reflection of Hatton & Smith (1995) and Kember et al. (2008),
Wilkins' (2017) reading of 244 written supervision records, and English councils' use of SMART.
Everything here is a constant or a pure function.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

SCHEMA_VERSION = 1
"""Version of the JSON contract that an assessment is written in."""

MINIMUM_WORDS = 40
"""Fewer words than this, outside headings and prompts, and reflection is not scorable (codebook 5)."""

PASTED_SHARE = 0.8
"""From this share of pasted text on, reflection is not scorable (codebook 5)."""

WHAT_THE_TOOL_DOES_NOT_DO = (
    "This tool reads the note, not the supervision: a good conversation may be poorly recorded, "
    "and a well-written note may describe a dangerous case.",
    "It grades no person and detects no risk.",
    "It never rewards length, spelling, grammar or professional cue words; a person decides.",
)
"""Three sentences that every report carries (codebook, preamble)."""


class RecordType(StrEnum):
    """What kind of supervision record a note is."""

    CASE = "case"
    PERSONAL = "personal"
    MANAGEMENT_OVERSIGHT = "management_oversight"
    GROUP = "group"


class Label(StrEnum):
    """The one primary label of a unit (codebook 2), from the least to the most committed."""

    ADMIN = "admin"
    FACT = "fact"
    JUDGEMENT = "judgement"
    REASONED = "reasoned"
    EXPLORATORY = "exploratory"
    CRITICAL = "critical"
    DECISION = "decision"
    ACTION = "action"


class Flag(StrEnum):
    """What else a unit shows; any number of flags a unit (codebook 3)."""

    VOICE = "voice"
    MATTERS = "matters"
    RATIONALE = "rationale"
    CONTINGENCY = "contingency"
    PREVIOUS_ACTION = "previous_action"
    CHALLENGE = "challenge"


class Element(StrEnum):
    """What an action says, each scored 0, 1 or 2 (codebook 4)."""

    WHAT = "what"
    WHO = "who"
    WHEN = "when"
    WHY = "why"
    CHECK = "check"
    IF_NOT = "if_not"


class ActionBand(StrEnum):
    """How specific one action is (codebook 4)."""

    VAGUE = "vague"
    PARTIAL = "partial"
    SPECIFIC = "specific"
    PURPOSEFUL = "purposeful"


class ActionKind(StrEnum):
    """Whether an action aims at change for the person or at process (codebook 4)."""

    CHANGE = "change"
    PROCESS = "process"


class ReflectionBand(StrEnum):
    """How far a record reflects (codebook 5)."""

    NOT_SCORABLE = "not_scorable"
    LISTING = "listing"
    EXPLAINING = "explaining"
    EXPLORING = "exploring"
    QUESTIONING = "questioning"


class PlanBand(StrEnum):
    """How specific a record's actions are together (codebook 5)."""

    NONE = "none"
    WEAK = "weak"
    MIXED = "mixed"
    STRONG = "strong"


REFLECTIVE = frozenset({Label.REASONED, Label.EXPLORATORY, Label.CRITICAL})
"""Labels that show reflection (codebook 2, collapses)."""

DESCRIPTIVE = frozenset({Label.FACT, Label.JUDGEMENT})
"""Labels that only describe (codebook 2, collapses)."""

FORWARD = frozenset({Label.DECISION, Label.ACTION})
"""Labels that look ahead (codebook 2, collapses)."""

EXPLORING = frozenset({Label.EXPLORATORY, Label.CRITICAL})
"""Labels that count towards the band `exploring` (codebook 5)."""

LABEL_TESTS: Mapping[Label, str] = {
    Label.ADMIN: "A heading, prompt, name, attendance, date line or signature; “N/A”, “as above”, “Reflective discussion held.”",
    Label.FACT: "Could be checked against another record: an event, status, history, reported speech, compliance or a number, with no judgement by the author.",
    Label.JUDGEMENT: "Evaluates or concludes with no reason in this unit or the adjacent one; platitudes too.",
    Label.REASONED: "A judgement with its evidence, cause or meaning for the person; one line of explanation.",
    Label.EXPLORATORY: "Weighs a rival explanation or another person's perspective, holds a hypothesis or question open, says what is not known and why it matters, doubts the team's own view, or says how the worker's feeling or assumption affects judgement.",
    Label.CRITICAL: "Challenges the frame: how thinking has changed and why, or bias, power, culture, racism, poverty, gender or the agency's own practice examined as affecting this case.",
    Label.DECISION: "The manager or meeting settles something: agree, authorise, decline, threshold met, not to act.",
    Label.ACTION: "Something somebody is to do after the meeting.",
}
"""The test that a unit's words must meet for each label (codebook 2)."""

LABEL_IS_NOT: Mapping[Label, str] = {
    Label.FACT: "“Attendance is 82%” is fact, “attendance is poor” is judgement.",
    Label.REASONED: "When the reason only restates the claim (“unsafe because risky”) it is judgement.",
    Label.EXPLORATORY: "A question that is only a task (“has SW rung the GP?”) is action or fact.",
    Label.CRITICAL: "Listing ethnicity is fact; a slogan is judgement.",
    Label.ACTION: "Done already is fact with the flag previous_action.",
}
"""The near miss to keep apart from each label (codebook 2)."""

FLAG_TESTS: Mapping[Flag, str] = {
    Flag.VOICE: "The child's or adult's own words, wishes, view or observed lived experience.",
    Flag.MATTERS: "What matters to the person: family time, brothers and sisters, friends, hobbies, school life, identity, culture, pets.",
    Flag.RATIONALE: "The reason for a decision or action is given with it.",
    Flag.CONTINGENCY: "What happens if it does not work: if, unless, otherwise, bottom line, escalate.",
    Flag.PREVIOUS_ACTION: "The status of an action set earlier.",
    Flag.CHALLENGE: "The manager queries practice, optimism, delay or drift.",
}
"""What must be present for each flag (codebook 3)."""

ELEMENT_TESTS: Mapping[Element, tuple[str, str, str]] = {
    Element.WHAT: (
        "vague verb only (“monitor”, “continue”, “chase”, “support mum”)",
        "general verb with an object (“liaise with school”)",
        "an observable step with its object (“request paediatric letter on weight”)",
    ),
    Element.WHO: (
        "nobody, “professionals”, passive voice",
        "shared or plural (“SW and FSW”, “all”)",
        "one named person or one unambiguous role",
    ),
    Element.WHEN: (
        "none, ASAP, ongoing, TBC, soon",
        "an event without a date (“next supervision”), or a rhythm without an end (“weekly”)",
        "a date or a deadline that can be computed",
    ),
    Element.WHY: (
        "none",
        "only a plan or risk heading named",
        "the purpose or outcome for the child or adult",
    ),
    Element.CHECK: (
        "none",
        "“report back”, “update TM”",
        "how it will be known to have worked: evidence or a threshold",
    ),
    Element.IF_NOT: (
        "none",
        "“review if no change”",
        "a stated consequence, next step or escalation, with who does it",
    ),
}
"""What scores 0, 1 and 2 for each action element (codebook 4)."""

REFLECTION_SENTENCES: Mapping[ReflectionBand, str] = {
    ReflectionBand.NOT_SCORABLE: "There is too little here in the author's own words to say whether the note reflects.",
    ReflectionBand.LISTING: "The note lists facts or opinions; nowhere does it say what they mean for this person.",
    ReflectionBand.EXPLAINING: "The note gives reasons for at least one judgement, but does not yet weigh other explanations or open questions that lead to the plan.",
    ReflectionBand.EXPLORING: "The note weighs other explanations, perspectives or unknowns, and goes on to decide or act.",
    ReflectionBand.QUESTIONING: "The note weighs other explanations and questions its own frame: what changed in the thinking, or how bias, power or the agency's practice plays a part.",
}
"""What each reflection band says, in a plain sentence."""

PLAN_SENTENCES: Mapping[PlanBand, str] = {
    PlanBand.NONE: "The note sets no action.",
    PlanBand.WEAK: "Fewer than a third of the actions say who does what by when.",
    PlanBand.MIXED: "Some actions say who does what by when, others do not.",
    PlanBand.STRONG: "At least two thirds of the actions say who does what by when.",
}
"""What each plan band says, in a plain sentence."""


def action_band(elements: Mapping[Element, int]) -> ActionBand:
    """Band one action by its elements (codebook 4).

    Parameters
    ----------
    elements : mapping of Element to int
        A score of 0, 1 or 2 for each of the six elements.

    Returns
    -------
    ActionBand

    Examples
    --------
    >>> action_band({"what": 2, "who": 2, "when": 0, "why": 1, "check": 0, "if_not": 0})
    <ActionBand.PARTIAL: 'partial'>
    """
    what, who, when = elements["what"], elements["who"], elements["when"]
    if what == 0 or (who == 0 and when == 0):
        return ActionBand.VAGUE
    if what == who == when == 2:
        known = elements["check"] >= 1 or elements["if_not"] >= 1
        return ActionBand.PURPOSEFUL if elements["why"] == 2 and known else ActionBand.SPECIFIC
    return ActionBand.PARTIAL


def plan_band(actions: int, specific: int) -> PlanBand:
    """Band a record's plan (codebook 5).

    Parameters
    ----------
    actions : int
        How many actions the record sets.
    specific : int
        How many of them are specific or purposeful.

    Returns
    -------
    PlanBand

    Examples
    --------
    >>> plan_band(actions=6, specific=2)
    <PlanBand.MIXED: 'mixed'>
    """
    if actions == 0:
        return PlanBand.NONE
    if 3 * specific < actions:
        return PlanBand.WEAK
    return PlanBand.STRONG if 3 * specific >= 2 * actions else PlanBand.MIXED


def reflection_band(labels: Iterable[Label], words: int, pasted: float = 0.0) -> ReflectionBand:
    """Band a record's reflection from its labels (codebook 5).

    The codebook asks that exploratory units be linked to a decision or action *on the same matter*.
    Labels alone cannot show the matter, so any decision or action counts as the link; against the
    corpus, whose bands were judged whole, this errs in 5 of 548 scorable records.

    Parameters
    ----------
    labels : iterable of Label
        One label a unit, in any order.
    words : int
        Words written by the author, that is outside `admin` units.
    pasted : float
        Share of the text pasted from an earlier record, 0 to 1.

    Returns
    -------
    ReflectionBand

    Examples
    --------
    >>> reflection_band(["fact", "exploratory", "critical", "action"], words=90)
    <ReflectionBand.QUESTIONING: 'questioning'>
    """
    if words < MINIMUM_WORDS or pasted >= PASTED_SHARE:
        return ReflectionBand.NOT_SCORABLE
    labels = list(labels)
    if not any(label in REFLECTIVE for label in labels):
        return ReflectionBand.LISTING
    exploring = sum(label in EXPLORING for label in labels)
    if exploring < 2 or not any(label in FORWARD for label in labels):
        return ReflectionBand.EXPLAINING
    return ReflectionBand.QUESTIONING if Label.CRITICAL in labels else ReflectionBand.EXPLORING


def is_weak(
    record_type: RecordType,
    reflection: ReflectionBand,
    plan: PlanBand,
    decision_flags: Iterable[Collection[Flag]],
) -> bool:
    """Say whether a record is weak (codebook 5).

    Parameters
    ----------
    record_type : RecordType
    reflection : ReflectionBand
    plan : PlanBand
    decision_flags : iterable of collections of Flag
        The flags of each unit labelled `decision`. A management oversight note is weak only when
        none of its decisions has its rationale.

    Returns
    -------
    bool
    """
    if record_type == RecordType.MANAGEMENT_OVERSIGHT:
        return not any(Flag.RATIONALE in flags for flags in decision_flags)
    return reflection == ReflectionBand.LISTING or plan in (PlanBand.NONE, PlanBand.WEAK)
