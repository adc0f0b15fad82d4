"""Text to units: a sentence, a bullet, or one row of an action table (codebook 1)."""

import re
from itertools import pairwise

from checker.record import Unit

_ABBREVIATIONS = frozenset(
    "e.g i.e etc mr mrs ms mx dr prof rev st no nos s ss sec para reg regs vs approx a.m p.m "
    "hrs mins tel ext ref fig cf ltd ii iii iv vi vii viii ix q.v n.b".split()
)

_STOP = r"""
    (?P<stop>[.!?…]+)
    [\"'”’)\]»]*               # closing quotes and brackets belong to the sentence
    (?=\s+[\"'“‘(\[«]?%s)      # then white space and what may open a sentence, quoted or not
"""
_BEFORE_CAPITAL = re.compile(_STOP % r"[^\W_a-z]", re.VERBOSE)
_BEFORE_ANY = re.compile(_STOP % r"[^\W_]", re.VERBOSE)
_OPENERS = frozenset(
    "he she they we you it this that these those there here his her their our my your its and but or so "
    "if when while because although though unless until once as in on at by for from with without to of "
    "after before during since about under what who why how where which no not nobody nothing none "
    "neither everyone everybody never both all any every each some most one two three is are was were has "
    "have had do does did can could would should might must also then now again still even only perhaps "
    "maybe however otherwise the an".split()
)
"""Words of grammar, which stand in capitals only where they open a sentence; not those that are names or always
in capitals, too (I, May, Will)."""
_CAPITAL = re.compile(r"(?<=[a-z0-9)\"”’%])\s+(?=(?P<word>[A-Z][a-z]+)(?:['’](?:s|d|ve|ll|re|t))?\s)")
_RUN_ON = (
    12  # words; a longer line without one stop, as dictated or typed in a hurry, holds several sentences
)
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘’/–—-]*$")
_NUMBER = re.compile(r"\b\d+$")
_WORD = re.compile(r"\w")


def segment(text: str) -> list[Unit]:
    """Cut a record's text into units.

    Every line is taken on its own. A line that is a table row (a tab, or two bars and more) is one
    unit; any other is cut at sentence ends, but not after abbreviations, single initials or numbers,
    and, where a long line has no stop at all, before words that open a sentence. Pieces without a word
    character are dropped.

    Parameters
    ----------
    text : str
        The record's text, untouched.

    Returns
    -------
    list of Unit
        In order, disjoint, together covering every word character of the text.

    Examples
    --------
    >>> [unit.text for unit in segment("Seen on 14.03.25 by Dr. Shah. Happy.")]
    ['Seen on 14.03.25 by Dr. Shah.', 'Happy.']
    """
    units = []
    at = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        for start, end in _pieces(line):
            piece = line[start:end]
            if _WORD.search(piece):
                lead = len(piece) - len(piece.lstrip())
                kept = piece.strip()
                units.append(Unit(at + start + lead, at + start + lead + len(kept), kept, number))
        at += len(line)
    return units


def _pieces(line: str) -> list[tuple[int, int]]:
    """Spans of one line's sentences, or of the whole line where it is a table row."""
    if "\t" in line.strip() or line.count("|") >= 2:
        return [(0, len(line))]
    spans = []
    start = 0
    ends = _BEFORE_ANY if line.islower() else _BEFORE_CAPITAL  # some write without capitals
    for stop in ends.finditer(line):
        if _ends_sentence(line[start : stop.start("stop")], stop["stop"]):
            spans.append((start, stop.end()))
            start = stop.end()
    if not spans and len(line.split()) > _RUN_ON:
        opens = [word.end() for word in _CAPITAL.finditer(line) if word["word"].lower() in _OPENERS]
        return list(pairwise([0, *opens, len(line)]))
    return [*spans, (start, len(line))]


def _ends_sentence(before: str, stop: str) -> bool:
    """Whether a stop ends a sentence, given what stands `before` it since the last cut."""
    if stop != ".":
        return True
    if _NUMBER.search(before):
        return False  # "3. Position", "No. 12. Blue door": too few of these end a sentence
    word = _LAST_WORD.search(before)[0].lower()
    return word not in _ABBREVIATIONS and not (len(word) == 1 and word.isalpha())
