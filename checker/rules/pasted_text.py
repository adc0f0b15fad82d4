"""Text that was pasted in: a passage that stands twice, an e-mail, or a copy that says it is one."""

import re
from collections.abc import Iterator

from checker.codebook import Label
from checker.record import Assessment, LabelledUnit, Severity
from checker.rules.rule import FULL_RECORDS, Rule, Span, at

PASSAGE = 8
"""Words in a row that stand twice by chance only seldom."""

_WORD = re.compile(r"\w+")
_MAIL = re.compile(r"[>\s*]*(from|sent|to|subject|cc)\s*:", re.IGNORECASE)
_COPIED = re.compile(
    r"\b(?:copied|pasted|copy and paste|cut and paste)\b\W+(?:\w+\W+){0,2}?(?:from|across|over)\b",
    re.IGNORECASE,
)


def find(assessment: Assessment) -> Iterator[Span]:
    pasted = {*_repeated(assessment.units), *_mailed(assessment.units), *_said_to_be_copied(assessment.units)}
    for number in sorted(pasted):
        if number - 1 not in pasted:  # one question for a passage, however long
            yield at(assessment.units[number])


def _repeated(units: tuple[LabelledUnit, ...]) -> Iterator[int]:
    """Units in which a passage begins that stood in an earlier one.

    A form rightly repeats its headings, and a plan its owners and dates, so these do not count.
    """
    words: list[str] = []
    owners: list[int] = []
    for number, unit in enumerate(units):
        if unit.label not in (Label.ADMIN, Label.ACTION):
            found = _WORD.findall(unit.text.lower())
            words += found
            owners += [number] * len(found)
    first_unit: dict[tuple[str, ...], int] = {}
    passages = zip(*(words[ahead:] for ahead in range(PASSAGE)), strict=False)
    for passage, number in zip(passages, owners, strict=False):
        if first_unit.setdefault(passage, number) < number:
            yield number


def _mailed(units: tuple[LabelledUnit, ...]) -> Iterator[int]:
    """Headers of an e-mail within the record; a record that opens with them was itself sent as one."""
    headers = [_MAIL.match(unit.text) for unit in units]
    for number in range(2, len(units) - 1):
        begins = headers[number] and headers[number + 1] and not headers[number - 1]
        if begins and "from" in {header[1].lower() for header in headers[number : number + 4] if header}:
            yield number


def _said_to_be_copied(units: tuple[LabelledUnit, ...]) -> Iterator[int]:
    for number, unit in enumerate(units):
        if unit.label in (Label.ADMIN, Label.FACT) and _COPIED.search(unit.text):
            yield number


RULE = Rule(
    id="pasted-text",
    severity=Severity.WARNING,
    finds="A passage stands twice, an e-mail is pasted in, or the text says that it was copied.",
    question="What is new here, and what do you make of it?",
    why="Pasted text is not the author's own thinking, and from four fifths on a record cannot be scored (codebook §5, band `not_scorable`).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note may rightly quote what it decides on.",
    failing="""Supervision 9 May.
Copied from previous supervision:
Tia is in a long-term foster home and sees her brother on Saturdays. School attendance is 96%. The carers have asked for a new bed.
Supervision 9 June.
Tia is in a long-term foster home and sees her brother on Saturdays. School attendance is 97%.
SW to order the bed by 20 June.""",
    passing="""Supervision 9 June.
Since May Tia has seen her brother on three Saturdays of four, and the bed has come. School attendance is 97%. She told SW “I don't want to share when he stays”.
SW to ask the carers about a second room by 20 June.""",
    find=find,
)
