"""A fluent sentence that would fit any record."""

import re
from collections.abc import Iterator

from checker.codebook import Label
from checker.record import Assessment, LabelledUnit, Severity
from checker.rules.rule import FULL_RECORDS, Rule, Span, at, is_scorable, labelled

FLUENT = 12
"""Fewer words than this are telegraphic rather than fluent; `judgement-without-evidence` asks of those."""

_CASE_WORD = re.compile(
    r"""\d|["“”‘]                                             # a number, a date, words quoted
    |(?<=[\w,;:)]\s)[A-Z][a-z]+                                # a name or place: a capital within the sentence
    |(?i:\b(?:mum|mam|mom|mother|dad|father|parents?|nan|nana|gran\w*|aunt\w*|uncle|cousins?|niece|nephew
      |brothers?|sisters?|siblings?|twins?|son|daughters?|sons|baby|babies|unborn|wife|husband|partner|ex|boyfriend|girlfriend
      |teacher|gp|landlord|neighbours?|solicitor|police|school|college|nursery|hospital|ward|court|flat|bedroom|kitchen
      |yesterday|today|tonight|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday
      |january|february|march|april|june|july|august|september|october|november|december
      |two|three|four|five|six|seven|eight|nine|ten|twelve|twice|drink\w*|drunk|drugs|alcohol|cannabis
      |hit|hits|shout\w*|cried|cries|crying|ran|slept|sleep\w*|fell|missed|refus\w+)\b)""",
    re.VERBOSE,
)


def is_general(unit: LabelledUnit) -> bool:
    """Whether a judgement of many words names no person, event, place, date, number or behaviour.

    The list of words can only be a rough one, so it is generous: one of them is enough to be specific.
    """
    return len(unit.text.split()) >= FLUENT and not _CASE_WORD.search(unit.text)


def find(assessment: Assessment) -> Iterator[Span]:
    if is_scorable(assessment):
        yield from (at(unit) for unit in labelled(assessment, Label.JUDGEMENT) if is_general(unit))


RULE = Rule(
    id="fluent-but-general",
    severity=Severity.WARNING,
    finds="A fluent sentence names no person, event, place, date or behaviour of this case.",
    question="Who or what in this record is this about?",
    why="Fluent prose that would fit any record is a judgement however thoughtful it sounds (codebook §2, cue words earn nothing by themselves).",
    record_types=FULL_RECORDS,
    record_types_why="An oversight note is asked only for its decision and reason.",
    failing="""Supervision 3 March.
We explored the importance of remaining professionally curious and of holding the lived experience firmly at the centre of all that we do.
Ben was seen on 27 February. School attendance is 91%. Dad has changed his shifts and now does the pick-up.
SW to visit on 12 March.""",
    passing="""Supervision 3 March.
Ben flinched when dad reached across him on 27 February, so we asked whether the story of the fall is the whole of it.
School attendance is 91%. Dad has changed his shifts and now does the pick-up.
SW to visit on 12 March.""",
    find=find,
)
