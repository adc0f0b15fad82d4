"""How words are put before a reader: the codebook's words in plain form, and outside text made safe."""

import datetime as dt
import re

# Control characters could drive a terminal; lone surrogates, noncharacters and NUL are valid neither
# in HTML nor in Excel's XML.
_ILLEGIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Marks that turn the reading direction of whatever follows them, the report's own words included.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain(word: str) -> str:
    """A word of the codebook as it is read aloud.

    Examples
    --------
    >>> plain("not_scorable")
    'not scorable'
    """
    return str(word).replace("_", " ")


def legible(text: str) -> str:
    """Outside text as one line that is safe to show: no line break, no control character.

    Examples
    --------
    >>> legible("one\\ntwo \\x1b[31mthree")
    'one two \N{REPLACEMENT CHARACTER}[31mthree'
    """
    return _ILLEGIBLE.sub("\N{REPLACEMENT CHARACTER}", _DIRECTION.sub("", " ".join(text.splitlines())))


def shortened(text: str, length: int = 160) -> str:
    """The text, or its first characters and an ellipsis: at most `length` code points."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def day(date: dt.date) -> str:
    """A date in words.

    Examples
    --------
    >>> day(dt.date(2024, 5, 16))
    '16 May 2024'
    """
    return f"{date.day} {date:%B} {date.year}"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> count(1, "record"), count(1200, "record")
    ('1 record', '1,200 records')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
