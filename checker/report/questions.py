"""Findings as questions: each asked once, with the words of the note that it is about."""

from collections.abc import Iterable

import msgspec

from checker.record import Assessment, Finding
from checker.report.words import legible, shortened

AT_FIRST = 5
"""How many questions a report puts first; more would not be read."""


class Quote(msgspec.Struct, frozen=True):
    """Where a question points.

    Attributes
    ----------
    unit : int
        Position of the first unit in the assessment's units, from 0.
    line : int
        The line of the record's text, from 1.
    words : str
        The words themselves, shortened; empty in a report without text.
    """

    unit: int
    line: int
    words: str


class Question(msgspec.Struct, frozen=True):
    """A question and every place it is asked of; no place when it is about the whole record."""

    question: str
    quotes: tuple[Quote, ...]

    def in_a_line(self) -> str:
        """The question, the first words it is asked of, and how many more it is asked of."""
        words = f" “{self.quotes[0].words}”" if self.quotes and self.quotes[0].words else ""
        more = f" (and {len(self.quotes) - 1} more)" if len(self.quotes) > 1 else ""
        return self.question + words + more


def gather(assessment: Assessment, findings: Iterable[Finding], text: bool) -> list[Question]:
    """Gather findings that ask the same question, in the order in which each is first asked.

    Parameters
    ----------
    assessment : Assessment
        The record that the findings are about.
    findings : iterable of Finding
        Most telling first.
    text : bool
        Whether to quote the note.

    Returns
    -------
    list of Question
    """
    asked: dict[str, list[Quote]] = {}
    for finding in findings:
        quotes = asked.setdefault(finding.question, [])
        quote = _quote(assessment, finding, text)
        if quote is not None and quote not in quotes:
            quotes.append(quote)
    return [Question(question, tuple(quotes)) for question, quotes in asked.items()]


def _quote(assessment: Assessment, finding: Finding, text: bool) -> Quote | None:
    inside = [
        (place, unit)
        for place, unit in enumerate(assessment.units)
        if unit.start < finding.end and finding.start < unit.end
    ]
    if not inside:
        return None
    place, first = inside[0]
    words = shortened(legible(" ".join(unit.text for _, unit in inside))) if text else ""
    return Quote(place, first.line + 1, words)
