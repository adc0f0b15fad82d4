"""A reflective heading with nothing of substance under it."""

import re
from collections.abc import Iterator, Sequence

from checker.codebook import DESCRIPTIVE, Label
from checker.record import Assessment, LabelledUnit, Severity
from checker.rules.rule import FULL_RECORDS, Rule, Span, at

_MOST_WORDS = 9
"""A heading is no longer than this, a number in front included."""

_REFLECTIVE = re.compile(
    r"""^[^\w]*(?:(?:q|box|part|section)?\s?[\w]{1,2}[.):]?\s+)?      # "Q4", "3.", "Part E"
    (?:critical\s+|our\s+|my\s+)?
    (?:reflect(?:ions?|ive(?:\s+(?:discussion|space|analysis|practice))?)?|analysis|hypothes[ei]s|thinking(?:\s+it\s+through)?
      |formulation|professional\s+curiosity|what\s+does\s+(?:this|it|that)\s+(?:all\s+)?mean|what\s+(?:we|i)\s+think|so\s+what)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_TITLE = re.compile(r"\b(?:supervision|record|session|group|meeting|team)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\W*(?:n\s?/?\s?a|nil|none|nothing|as above|see above|as before|as last time|no change|not discussed|discussed"
    r"|left blank|y|yes|held|done|tbc)\b[\w\s]{0,20}\W*",
    re.IGNORECASE,
)


def find(assessment: Assessment) -> Iterator[Span]:
    units = assessment.units
    for number, unit in enumerate(units):
        if _is_reflective_heading(unit) and (
            _answers_with_nothing(unit) or _stands_over_nothing(units, number)
        ):
            yield at(unit)


def _is_reflective_heading(unit: LabelledUnit) -> bool:
    return (
        unit.label == Label.ADMIN
        and len(unit.text.split()) <= _MOST_WORDS
        and _REFLECTIVE.match(unit.text) is not None
        and not _TITLE.search(unit.text)
    )


def _answers_with_nothing(heading: LabelledUnit) -> bool:
    """Whether the heading's own line says “N/A”, a dash or the like: “Reflection: N/A this time”."""
    answer = re.split(r"[:|\t]", heading.text, maxsplit=1)[1:]
    return bool(answer and answer[0].strip()) and (
        not re.search(r"\w", answer[0]) or _NOTHING.fullmatch(answer[0]) is not None
    )


def _stands_over_nothing(units: Sequence[LabelledUnit], heading: int) -> bool:
    """Whether nothing of substance stands between a heading and the next.

    Where the next heading is reflective too, that one answers for both.
    """
    following = range(heading + 1, len(units))
    end = next((number for number in following if _is_heading(units, number)), len(units))
    beneath, next_heading = units[heading + 1 : end], units[end : end + 1]
    return all(map(_says_nothing, beneath)) and not any(map(_is_reflective_heading, next_heading))


def _is_heading(units: Sequence[LabelledUnit], number: int) -> bool:
    """Whether a unit heads a part: alone on its line, and neither a prompt nor a word for nothing."""
    unit = units[number]
    neighbours = (*units[number - 1 : number], *units[number + 1 : number + 2])
    return (
        unit.label == Label.ADMIN
        and all(each.line != unit.line for each in neighbours)
        and not unit.text.endswith((".", "?", ")"))
        and not _NOTHING.fullmatch(unit.text)
    )


def _says_nothing(unit: LabelledUnit) -> bool:
    nothing = unit.label in DESCRIPTIVE and _NOTHING.fullmatch(unit.text) is not None
    return nothing or unit.label == Label.ADMIN


RULE = Rule(
    id="empty-reflection",
    severity=Severity.WARNING,
    finds="A heading such as “Reflection” or “Analysis” has nothing, or “N/A”, under it.",
    question="What did you think about here?",
    why="A heading is not reflection; it counts as administration, and so does “N/A” or “as above” (codebook §2, label `admin`).",
    record_types=FULL_RECORDS,
    record_types_why="Templates for oversight notes have no reflective part.",
    failing="""Update
Mr Hale came home from hospital on 2 May. Carers visit twice a day.
Reflection
N/A
Actions
SW to visit Mr Hale by 16 May.""",
    passing="""Update
Mr Hale came home from hospital on 2 May. Carers visit twice a day.
Reflection
He sends the evening carer away on the days his son rings, which may mean that he is ashamed to be seen in bed, or that the son tells him to.
Actions
SW to visit Mr Hale by 16 May.""",
    find=find,
)
