"""Copied text: passages of a note that stand in an earlier one, this person's or, that month, another's.

A passage is eight words in a row or more, outside headings and prompts, which a form rightly repeats.
Words that more than ten notes of a month share are the form's own, and count as nobody's.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from checker.codebook import Label
from checker.history.note import Line
from checker.rules.pasted_text import PASSAGE

COMMON = 10
"""A passage in more notes of a month than this belongs to the form."""

_WORD = re.compile(r"\w+")
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: an odd number whose powers keep the places of words apart."""


class Prints(msgspec.Struct, frozen=True):
    """A note as the copying looks at it.

    Attributes
    ----------
    unit : numpy.ndarray, shape (words,)
        The unit of each word outside headings and prompts.
    passages : numpy.ndarray, shape (words - 7,) or (0,)
        A number for each eight words in a row; equal passages have equal numbers within one run.
    """

    unit: np.ndarray
    passages: np.ndarray


class Origin(msgspec.Struct, frozen=True):
    """Where the words of a note stood before.

    Attributes
    ----------
    note, unit : numpy.ndarray, shape (words,)
        For each word the place of the note it stands in too, among those compared, and the unit there;
        -1 for words of its own.
    """

    note: np.ndarray
    unit: np.ndarray


def pasted_share(*origins: Origin) -> float:
    """The share of a note's words, 0 to 1, that stood before by any of these origins."""
    copied = np.any([origin.note >= 0 for origin in origins], axis=0)
    return float(copied.mean()) if len(copied) else 0.0


def prints(lines: Sequence[Line]) -> Prints:
    """Number the passages of a note."""
    words, units = [], []
    for place, line in enumerate(lines):
        if line.label is not Label.ADMIN:
            found = _WORD.findall(line.text.lower())
            words += map(hash, found)
            units += [place] * len(found)
    numbers = np.array(words, dtype=np.int64).astype(np.uint64)
    long = max(0, len(numbers) - PASSAGE + 1)
    passages = np.zeros(long, dtype=np.uint64)
    for place in range(PASSAGE):
        passages = passages * _ODD + numbers[place : place + long]
    return Prints(np.array(units, dtype=np.int32), passages)


def from_own(notes: Sequence[Prints]) -> list[Origin]:
    """For each of a person's notes, in date order, what stands in an earlier one: the latest such."""
    numbers, note, at = _sorted(notes)
    here = _run_starts(numbers, note)
    before = np.maximum(here - 1, 0)
    return _origins(notes, note, at, before, (here > 0) & (numbers[before] == numbers))


def from_others(notes: Sequence[Prints], people: Sequence[str]) -> list[Origin]:
    """For each of a month's notes, in order, what an earlier one about another person has first."""
    numbers, note, at = _sorted(notes)
    first = _run_starts(numbers)
    opens = _run_starts(numbers, note) == np.arange(len(numbers))
    holders = np.bincount(first, weights=opens, minlength=len(numbers))[first]
    codes = {person: code for code, person in enumerate(dict.fromkeys(people))}
    who = np.array([codes[person] for person in people], dtype=int)
    copied = (who[note] != who[note[first]]) & (holders <= COMMON)
    return _origins(notes, note, at, first, copied)


def _sorted(notes: Sequence[Prints]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All passages, equal ones together and in the order of their notes: number, note, place in the note."""
    lengths = [len(found.passages) for found in notes]
    numbers = np.concatenate([np.zeros(0, dtype=np.uint64), *(found.passages for found in notes)])
    note = np.repeat(np.arange(len(notes)), lengths)
    at = np.concatenate([np.zeros(0, dtype=int), *map(np.arange, lengths)])
    order = np.argsort(numbers, kind="stable")
    return numbers[order], note[order], at[order]


def _run_starts(*keys: np.ndarray) -> np.ndarray:
    """For each place, where its run of equal keys begins."""
    begins = np.ones(len(keys[0]), dtype=bool)
    if len(begins):
        begins[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))


def _origins(
    notes: Sequence[Prints], note: np.ndarray, at: np.ndarray, source: np.ndarray, copied: np.ndarray
) -> list[Origin]:
    """From passages to words: each copied passage marks its eight words with where its source has them."""
    starts = np.cumsum([0, *(len(found.unit) for found in notes)])
    units = np.concatenate([np.zeros(0, dtype=np.int32), *(found.unit for found in notes)])
    its_note, its_unit = (np.full(len(units), -1, dtype=np.int32) for _ in range(2))
    here, there = np.flatnonzero(copied), source[copied]
    for step in range(PASSAGE):
        words = starts[note[here]] + at[here] + step
        fresh = its_note[words] < 0
        its_note[words[fresh]] = note[there[fresh]]
        its_unit[words[fresh]] = units[starts[note[there[fresh]]] + at[there[fresh]] + step]
    return [Origin(its_note[start:end], its_unit[start:end]) for start, end in pairwise(starts)]
