"""A high-stakes record that does not say what happens if the plan fails."""

import re
from collections.abc import Iterator

from checker.codebook import Flag
from checker.record import Assessment, Severity
from checker.rules.rule import ABOUT_PEOPLE, Rule, Span, actions, at, has_flag

_HIGH_STAKES = (
    r"(?:\bchild protection\b(?! (?:training|course|team|file|lead|polic|officer|adviser))"
    # "CP" is also cerebral palsy, and in "8 CP, 9 CIN" a count of cases. "ICO" is also the regulator: left out.
    r"|(?<!plegic )(?<!spastic )(?<!\d )(?<!\d)\bCPP?\b"
    r"|\b[IR]CPC\b|\bPLO\b|\bpre-?proceedings\b|\b(?:section|sect?\.?|s\.?)\s?4[27]\b"
    r"|\bplacement\b[^.;]{0,30}\b(?:at risk|break(?:ing|s)?[ -]?down|disrupt\w*|notice|fragile)\b"
    r"|\b(?:risk of|notice on|notice to end)\b[^.;]{0,20}\bplacement\b)"
)
_NO_LONGER = (
    r"\b(?:no longer|stepp?ed (?:down|out)|step[ -]?down|came off|come off|previous(?:ly)?|histor\w+|past|former(?:ly)?|used to be)\b"
    r"\W+(?:\w+\W+){0,6}?"
)
_NOT = r"\b(?:not|no|never|nor|without)\b\W+(?:\w+\W+){0,2}?"
_OVER = (
    r"(?:\W+\w+){0,4}?\W+(?:ended|ends|closed|ceased|discontinued|finished|stepped down|to CIN|→ ?CIN"
    r"|previously|not (?:met|convened|held|needed))\b"
)
_SPEAKS_OF_IT = re.compile(_HIGH_STAKES, re.IGNORECASE)
_NOT_SO = re.compile(rf"(?:{_NO_LONGER}|{_NOT}){_HIGH_STAKES}|{_HIGH_STAKES}{_OVER}", re.IGNORECASE)


def find(assessment: Assessment) -> Iterator[Span]:
    if has_flag(assessment, Flag.CONTINGENCY) or any(action.if_not for _, action in actions(assessment)):
        return
    for unit in assessment.units:
        if _SPEAKS_OF_IT.search(unit.text) and _SPEAKS_OF_IT.search(_NOT_SO.sub("", unit.text)):
            yield at(unit)
            return


RULE = Rule(
    id="no-contingency",
    severity=Severity.WARNING,
    finds="The record speaks of child protection, pre-proceedings, a placement at risk or section 42 and has no plan for failure; the first mention is shown.",
    question="If this does not work, what happens next, and who does it?",
    why="Where much is at stake, the next step has to be agreed before it is needed (codebook §3, flag `contingency`; §4, element `if_not`).",
    record_types=ABOUT_PEOPLE,
    record_types_why="A personal record holds no plan for a family, and an oversight note is asked only for its decision and reason.",
    failing="""Zoe has been on a child protection plan for neglect since 3 March.
Mum has missed two of four appointments with the alcohol service.
Actions
SW to visit Zoe at school by 20 March.""",
    passing="""Zoe has been on a child protection plan for neglect since 3 March.
Mum has missed two of four appointments with the alcohol service.
Actions
SW to visit Zoe at school by 20 March.
If mum misses the next appointment on 24 March, TM will ask for a legal planning meeting the same day.""",
    find=find,
)
