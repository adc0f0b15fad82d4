"""How alike two tasks are in their words.

On carried-over actions marked by hand, shared words as `rapidfuzz` counts them found more, and were less
often wrong about notes of different people, than equal words, edit distance or an encoder's vectors:
`python -m training.carried_over` prints them side by side.
"""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

ALIKE = 69.0
"""From this likeness on, 0 to 100, two actions are one task: the threshold `training.carried_over` chooses."""

_CELLS = re.compile(r"[|\t]|\s/\s")
_OPENING = re.compile(
    r"^\W*(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\d{1,2}\s*(?:[|/–-]|(?=\s)))?\W*(?:\((?:new|carried)[^)]*\))?",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:\s+\d{4})?\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def task(action: str) -> str:
    """An action's task in lower case: no number, no date, and of a table's row the fullest cell.

    Examples
    --------
    >>> task("2 | Update chronology and genogram | SW | next supervision")
    'update chronology and genogram'
    >>> task("1. PL complete MCA on where H lives by 04/11/22")
    'pl complete mca on where h lives'
    """
    cell = max(_CELLS.split(_OPENING.sub("", action, count=1)), key=len)
    words = _WORD.findall(_DAY.sub(" ", cell).lower())
    while words and words[-1] in ("by", "on", "before"):
        words.pop()
    return " ".join(words)


def likeness(one: str, other: str) -> float:
    """How alike two tasks are, 0 to 100.

    A task of one word is too easily found within another; it is compared as a whole.

    Parameters
    ----------
    one, other : str
        As `task` gives them.

    Returns
    -------
    float
        `rapidfuzz.fuzz.token_set_ratio`, or `ratio` for a single word.
    """
    if not one or not other:
        return 0.0
    if " " not in one or " " not in other:
        return fuzz.ratio(one, other)
    return fuzz.token_set_ratio(one, other)


def pairs(earlier: Sequence[str], later: Sequence[str], alike: float = ALIKE) -> list[tuple[int, int]]:
    """Which of the later tasks is which of the earlier ones: the most alike first, each at most once.

    Parameters
    ----------
    earlier, later : sequence of str
        As `task` gives them.
    alike : float
        The least likeness.

    Returns
    -------
    list of (int, int)
        Places in `earlier` and in `later`.
    """
    scores = [
        (-score, i, j)
        for i, one in enumerate(earlier)
        for j, other in enumerate(later)
        if (score := likeness(one, other)) >= alike
    ]
    return one_to_one(scores)


def one_to_one(scores: list[tuple[float, int, int]]) -> list[tuple[int, int]]:
    """From (badness, place, place), take the best again and again, each place at most once."""
    found: dict[int, int] = {}
    for _, i, j in sorted(scores):
        if i not in found and j not in found.values():
            found[i] = j
    return sorted(found.items())
