"""When an action is due: the deadline in its words as a day, read the British way round.

A wrong day is worse than none. So only what an action says outright is read: a date, a weekday after
"by", "within 10 working days", "tomorrow", "the end of March". A deadline without a year, or relative
to the supervision, is read only where the supervision's date is known, and only ahead of it. Dates
that belong to something else ("if no reply by…", "since…", "from…") are passed over. That is why no
general date parser is asked: it reads whatever may be a date, and nearly always finds a day.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from checker.record import LabelledUnit

AHEAD = dt.timedelta(days=183)
"""How far ahead a date without its year may lie; later, it is likelier a date gone by."""

FURTHEST = dt.timedelta(days=3 * 365)
"""How far ahead a date with its year may lie; later, it is likelier a slip of the pen."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "mon tue wed thu fri sat sun".split()
_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
} | {"a": 1, "an": 1, "the": 1, "fourteen": 14, "fifteen": 15, "twenty": 20, "twenty-eight": 28}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
        "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
}
_ORDINALS |= {f"twenty-{word}": 20 + number for word, number in list(_ORDINALS.items())[:9]}
_ORDINALS |= {"thirtieth": 30, "thirty-first": 31}

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?P<weekday>mon|tues?|wed(?:nes|s)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_SPELT = "|".join(sorted(_ORDINALS, key=len, reverse=True)).replace("-", "[- ]")
_NTH = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{_SPELT})"
_YEAR = r"(?P<year>20\d\d|(?!\d\d[:.]\d)\d\d)(?![\d:/.]\d|\d|\s?(?:am|pm|noon)\b)"
_DATE = re.compile(
    rf"(?:{_WEEKDAY},?\s+(?:the\s+)?)?(?:"
    rf"(?P<iso>20\d\d-\d\d-\d\d)\b"
    rf"|(?<![\d/.,£-])(?P<d>\d{{1,2}})(?P<sep>[/.-])(?P<m>\d{{1,2}})(?:(?P=sep){_YEAR.replace('year', 'y')})?(?![\d/-]|\.\d|\s?(?:am|pm)\b)"
    rf"|(?<![\d/.,£:])\b(?P<day>\d{{1,2}}(?:st|nd|rd|th)?|{_NTH})(?:\s+|-)(?:of\s+)?{_MONTH}(?:[\s,-]*{_YEAR})?"
    rf"|{_MONTH.replace('month', 'month2')}\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?[:.]\d|\s+20)"
    rf"|(?(weekday)|(?:the\s+|(?<=by\s)))(?P<nth>{_NTH})\b(?!\s+(?:floor|session|visit|time|occasion|attempt|call|day|week|month|year|of|one|missed|failed))"
    rf")",
    re.IGNORECASE,
)
_WEEKDAY_ALONE = re.compile(rf"\b(?:by|before|until|till)\s+(?:this\s+)?{_WEEKDAY}(?!s)", re.IGNORECASE)
_WITHIN = re.compile(
    r"\bwithin\s+(?:the\s+next\s+)?(?P<number>\d{1,3}|[a-z-]+)\s+(?P<kind>working\s+|calendar\s+|school\s+)?"
    r"(?P<unit>day|week|wk|fortnight|month)s?\b"
    r"(?!\s+(?:of|from|after|before|prior|since)\s+(?!today|this|supervision|now))"
    r"|\bin\s+(?P<number2>\d{1,3}|[a-z-]+)\s+(?P<unit2>week|wk|fortnight|month)s?[’']?(?:\s+time\b|\W*$)",
    re.IGNORECASE,
)
_TODAY = re.compile(r"\b(?P<word>today|tonight|tomorrow)\b", re.IGNORECASE)
_END_OF = re.compile(
    rf"\b(?:by|before|until|till|at)\s+(?:the\s+)?end\s+of\s+(?:(?P<span>(?:the|this|next)\s+(?:week|month)|(?:week|month)\b)|{_MONTH})",
    re.IGNORECASE,
)
_NEXT_WEEK = re.compile(
    r"\bnext\s+(?P<span>week)\b(?!\s+(?:after|but))|\bby\s+next\s+(?P<month>month)\b", re.IGNORECASE
)
_NEXT_SUPERVISION = re.compile(
    r"(?:[|\t]\s*|\b(?:by|before|at|for|until)\s+)(?:the\s+|our\s+)?next\s+supervision\b", re.IGNORECASE
)

_NAMES_NEXT_SUPERVISION = re.compile(r"\W*(?:date of )?next (?:supervision|session|meeting)\b", re.IGNORECASE)

_STATED = re.compile(
    r"(?:\bby|\bbefore|\bno later than|\bup to|\buntil|\btill|\bdue|\bdeadline|\blatest|\bby when|\bend date)\W*(?:noon|midday|close(?: of play)?|\d{1,2}\s?[ap]m)?(?:\s+on)?\W*$",
    re.IGNORECASE,
)
_ANOTHERS = re.compile(
    r"\b(?:since|from|dated|after|following|of|born|d\.?o\.?b\.?|was|were|as at|set|agreed|held|starting|starts|sent|until then|between)\W*(?:the\s+)?$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:to|–|-|until)\s*", re.IGNORECASE)
_LEADS_IN = re.compile(r"\b(?:on|at|for|this|is|moved to|in)\W*$", re.IGNORECASE)
_IF_IT_FAILS = re.compile(
    r"(?:[;,.(–—>→|]|\s-)\s*(?:and\s+|but\s+)?(?:if|unless|otherwise|should|failing|no\s+(?:reply|answer|response|\w+(?:\s+\w+)?\s+(?:by|in|within))|none|nothing|not\s+done|or\s+(?:i|we|else))\b",
    re.IGNORECASE,
)
_BEGINS_WITH_IF = re.compile(
    r"[\W\d_]*(?:[a-z]\)\s*)?(?:if|unless|otherwise|should|failing|no|none|nothing|not|without)\b(?!\.)",
    re.IGNORECASE,
)


def due(words: str, written: dt.date | None, next_supervision: dt.date | None = None) -> dt.date | None:
    """The day by which an action is to be done, where its words say so.

    Parameters
    ----------
    words : str
        One action, as the note has it.
    written : datetime.date or None
        The day of the supervision; without it only dates with their year are read.
    next_supervision : datetime.date, optional
        The day that the note names for it, for "before next supervision".

    Returns
    -------
    datetime.date or None
        None where nothing is said, or what is said can be read in two ways. Working days leave out
        Saturdays and Sundays; bank holidays are not known. A week ends on its Friday.

    Examples
    --------
    >>> supervision = dt.date(2025, 3, 12)  # a Wednesday
    >>> due("SW to ring the GP by 31/3; if no reply by 4/4 TM rings", supervision)
    datetime.date(2025, 3, 31)
    >>> due("TM to write to housing within 10 working days", supervision)
    datetime.date(2025, 3, 26)
    >>> due("SW to visit soon, as agreed on 3 March", supervision)
    """
    if _BEGINS_WITH_IF.match(words):
        return None
    if written and not 1950 <= written.year <= 2150:  # the record's own date is a slip of the pen
        written = None
    for cell in re.split(r"[|\t]|\s/\s", words)[1:]:  # an action table has a column for it
        alone = re.sub(r"^\s*(?:by|before|on)\s+", "", cell, flags=re.IGNORECASE).strip(" .")
        if match := _DATE.fullmatch(alone):
            day = next(_dates(alone, written), (match, None))[1]
            return day if _fits(day, written) else None
    if fails := _IF_IT_FAILS.search(words):
        words = words[: fails.start()]
    if _DATE.search(main := words.partition(";")[0]):  # what follows is how it will be known to be done
        words = main
    stated, said, bare = [], [], []
    found = list(_dates(words, written))
    for (match, day), following in zip_longest(found, found[1:]):
        before = words[: match.start()]
        if _STATED.search(before):
            stated.append(day)
        elif following and _RANGE.fullmatch(words, match.end(), following[0].start()):
            continue  # "29 January to 26 March" is done by its end
        elif not _ANOTHERS.search(before) and _looks_like_a_date(match, before, words):
            (said if _LEADS_IN.search(before) else bare).append(day)
    if written:
        stated += _relative(words, written)
        if next_supervision and _NEXT_SUPERVISION.search(words):
            stated.append(next_supervision)
    if stated:
        return stated[0] if _fits(stated[0], written) else None
    days = {day for day in said or bare if day and _fits(day, written)}
    return days.pop() if len(days) == 1 and None not in (said or bare) else None


def due_dates(units: Sequence[LabelledUnit], written: dt.date | None) -> list[dt.date | None]:
    """The due dates of a note's actions, by the place of their units.

    Parameters
    ----------
    units : sequence of LabelledUnit
        The whole note, which may name the day of the next supervision.
    written : datetime.date or None
        The day of the supervision.

    Returns
    -------
    list of datetime.date or None
        One a unit; None also where a unit is no action, or its deadline is labelled missing.
    """
    following = next(filter(None, (_next_supervision(unit.text, written) for unit in units)), None)
    return [
        due(unit.text, written, following) if unit.action and unit.action.when else None for unit in units
    ]


def _next_supervision(words: str, written: dt.date | None) -> dt.date | None:
    """The day that a line such as "Next supervision 17/10/23" gives."""
    if begins := _NAMES_NEXT_SUPERVISION.match(words):
        for _, day in _dates(words[begins.end() :], written):
            return day if _fits(day, written) else None
    return None


def _dates(words: str, written: dt.date | None) -> Iterator[tuple[re.Match, dt.date | None]]:
    """Each date as written, with the day it means; None where it means no day, or not surely."""
    for match in _DATE.finditer(words):
        said = match.groupdict()
        try:
            yield match, _day(said, written)
        except ValueError:
            if said["month"] or said["month2"]:  # "31 June": a date, but no day
                yield match, None


def _day(said: dict[str, str | None], written: dt.date | None) -> dt.date | None:
    if said["iso"]:
        return dt.date.fromisoformat(said["iso"])
    day = _number(said["d"] or said["day"] or said["day2"] or said["nth"])
    year = said["y"] or said["year"]
    if said["nth"]:
        found = _next_with_day(day, written) if written else None
    else:
        named = said["month"] or said["month2"]
        month = _MONTHS.index(named[:3].lower()) + 1 if named else int(said["m"])
        if year:
            found = dt.date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        elif dt.date(2024, month, day) and written:  # a leap year knows every day
            found = _next_with_month(month, day, written)
        else:
            found = None
    if found and said["weekday"] and found.weekday() != _DAYS.index(said["weekday"][:3].lower()):
        return None
    return found


def _number(word: str) -> int:
    if digits := re.match(r"\d+", word):
        return int(digits[0])
    return _ORDINALS[word.lower().replace(" ", "-")]


def _next_with_month(month: int, day: int, written: dt.date) -> dt.date | None:
    for year in (written.year, written.year + 1):
        if month == 2 and day == 29 and not calendar.isleap(year):
            continue
        if written <= dt.date(year, month, day) <= written + AHEAD:
            return dt.date(year, month, day)
    return None


def _next_with_day(day: int, written: dt.date) -> dt.date | None:
    """The next day of the month with this number, this month's or the next one's."""
    year, month = written.year, written.month
    if day < written.day:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return dt.date(year, month, day)


def _fits(day: dt.date | None, written: dt.date | None) -> bool:
    return day is not None and (written is None or written <= day <= written + FURTHEST)


def _looks_like_a_date(match: re.Match, before: str, words: str) -> bool:
    """Whether figures without a word like "by" are a date, and not a time, a share or a number."""
    if match["nth"]:
        return bool(_LEADS_IN.search(before))
    if not match["d"] or match["y"] or match["weekday"]:
        return True
    if match["sep"] == "-" or (match["d"], match["m"]) == ("24", "7"):
        return False
    if match["sep"] == ".":
        return bool(re.search(r"\bon\W*$", before, re.IGNORECASE))
    is_share = int(match["d"]) <= int(match["m"]) and not match["m"].startswith("0")
    alone = re.search(r"[|\t/]\s*$", before) and re.match(r"\s*(?:[|\t/]|$)", words[match.end() :])
    return not is_share or bool(alone or re.search(r"\bon\W*$", before, re.IGNORECASE))


def _relative(words: str, written: dt.date) -> Iterator[dt.date]:
    """Days reckoned from the supervision, in the order of how plainly they are said."""
    if said := _WITHIN.search(words):
        number = (said["number"] or said["number2"]).lower()
        count = int(number) if number.isdigit() else _NUMBERS.get(number)
        if count:
            unit = (said["unit"] or said["unit2"]).lower()
            yield _after(written, count, unit, (said["kind"] or "").strip().lower())
    if said := _END_OF.search(words):
        if said["month"]:
            month = _MONTHS.index(said["month"][:3].lower()) + 1
            year = written.year + (month < written.month)
            yield dt.date(year, month, calendar.monthrange(year, month)[1])
        else:
            yield from _end_of(said["span"].lower(), written)
    elif said := _NEXT_WEEK.search(words):
        yield from _end_of(f"next {(said['span'] or said['month']).lower()}", written)
    if (said := _WEEKDAY_ALONE.search(words)) and not _DATE.match(words, said.start("weekday")):
        days = (_DAYS.index(said["weekday"][:3].lower()) - written.weekday()) % 7
        if days:  # "by Friday", said on a Friday, may mean either
            yield written + dt.timedelta(days=days)
    if (said := _TODAY.search(words)) and not re.search(
        r"\b(?:from|discussed|agreed|seen|since|as of|list|of)\s+$", words[: said.start()], re.IGNORECASE
    ):
        yield written + dt.timedelta(days=said["word"].lower() == "tomorrow")


def _after(written: dt.date, count: int, unit: str, kind: str) -> dt.date:
    if unit == "month":
        year, month = divmod(written.month - 1 + count, 12)
        year, month = written.year + year, month + 1
        return dt.date(year, month, min(written.day, calendar.monthrange(year, month)[1]))
    days = count * {"day": 1, "fortnight": 14}.get(unit, 7)
    return add_working_days(written, days) if kind == "working" else written + dt.timedelta(days=days)


def _end_of(span: str, written: dt.date) -> Iterator[dt.date]:
    ahead = span.startswith("next")
    if span.endswith("week"):
        if written.weekday() < 4 or ahead:
            yield written + dt.timedelta(days=4 - written.weekday() + 7 * ahead)
    else:
        first = _after(written.replace(day=1), int(ahead), "month", "")
        yield first.replace(day=calendar.monthrange(first.year, first.month)[1])


def add_working_days(start: dt.date, days: int) -> dt.date:
    """So many days on, Saturdays and Sundays left out; bank holidays are not known.

    Examples
    --------
    >>> add_working_days(dt.date(2025, 3, 14), 1)  # from a Friday
    datetime.date(2025, 3, 17)
    """
    while days:
        start += dt.timedelta(days=1)
        days -= start.weekday() < 5
    return start
