"""Twins of a record: the same matter in other clothes, or emptier matter in finer clothes.

An *invariance twin* says what the record says, written otherwise; its bands must not move. A *gaming
twin* says nothing more, but sounds better; its bands must not rise. Each is a pure function of a text
and a seed. They serve the evaluation alone: training never sees them.
"""

import importlib
import random
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pkgutil import iter_modules

from faker.providers import person

from checker.segment import segment

Twin = Callable[[str, int], str]

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")


def lower_case(text: str, seed: int = 0) -> str:
    """All in lower case, as typed in a hurry.

    >>> lower_case("Seen at School. OK.")
    'seen at school. ok.'
    """
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def typos(text: str, seed: int = 0, rate: float = 0.03) -> str:
    """A slip in a share of the words of four letters and more: swapped, dropped, doubled or neighbouring keys."""
    rng = random.Random(seed)
    share = rate * len(_WORD.findall(text)) / max(1, sum(len(w) > 3 for w in _WORD.findall(text)))
    return _WORD.sub(lambda m: _slip(m[0], rng) if len(m[0]) > 3 and rng.random() < share else m[0], text)


_KEYS = {
    letter: row[max(0, i - 1) : i] + row[i + 1 : i + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i, letter in enumerate(row)
}


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    here, after = word[at], word[at + 1]
    return (
        word[:at]
        + rng.choice(
            (
                after + here,
                after,
                here + here + after,
                rng.choice(_KEYS.get(here.lower(), here)) + after,
            )
        )
        + word[at + 2 :]
    )


def without_stops(text: str, seed: int = 0) -> str:
    """Without the full stops that end sentences and lines.

    >>> without_stops("Seen 14.03.25. Well. Dr. Shah rang.")
    'Seen 14.03.25 Well Dr Shah rang'
    """
    return re.sub(r"(?<!\.)\.(?=[\"'”’)\]]*(?:\s|$))", "", text)


def bulleted(text: str, seed: int = 0) -> str:
    """Each sentence of running text as a bullet on its own line; headings, rows and lists stay."""
    marker = random.Random(seed).choice(("- ", "• ", "* "))
    lines = text.splitlines(keepends=True)
    units: dict[int, list[str]] = {}
    for unit in segment(text):
        units.setdefault(unit.line, []).append(unit.text)
    for number, sentences in units.items():
        line = lines[number]
        running = len(sentences) > 1 or (sentences[0][-1] in ".!?" and len(sentences[0].split()) > 3)
        if running and not _LISTED.match(line) and "\t" not in line.strip() and line.count("|") < 2:
            end = line[len(line.rstrip("\r\n")) :]
            lines[number] = "\n".join(marker + sentence for sentence in sentences) + end
    return "".join(lines)


_LISTED = re.compile(r"\s*(?:[-•*–—>✔]|\(?\w{1,3}[.)])\s")

NAMES: Mapping[str, tuple[str, str, str]] = {
    "English": (
        "Charlotte Emily Lucy Hannah Alice Megan Holly Abigail",
        "Oliver Harry George Thomas Edward Simon Peter Stephen",
        "Taylor Wilson Robinson Thompson Wright Baker Carter Turner",
    ),
    "Nigerian": (
        "Ngozi Folasade Chidinma Yetunde Amaka Bolanle Ifeoma Titilayo",
        "Emeka Olumide Chukwudi Babatunde Segun Ikenna Kayode Tunde",
        "Okafor Adeleke Nwosu Balogun Eze Oyelaran Obi Afolabi",
    ),
    "Pakistani": (
        "Ayesha Fatima Saima Nazia Rukhsana Bushra Samina Zara",
        "Imran Bilal Tariq Usman Kashif Nadeem Faisal Waqas",
        "Hussain Mahmood Akhtar Chaudhry Mirza Bhatti Rehman Iqbal",
    ),
    "Polish": (
        "Agnieszka Katarzyna Beata Joanna Ewa Dorota Iwona Halina",
        "Piotr Tomasz Krzysztof Andrzej Pawel Lukasz Jacek Wojciech",
        "Kowalski Wisniewski Zielinski Kaminski Lewandowski Szymanski Mazur Krawczyk",
    ),
    "Caribbean": (
        "Shanice Latoya Marcia Beverley Claudette Jada Kezia Aaliyah",
        "Delroy Leroy Tyrone Jermaine Kemar Orville Dwayne Carlton",
        "Campbell Grant Francis Gordon Bryan Blake Clarke Reid",
    ),
    "Chinese": (
        "Mei Xiu Ling Hui Yan Jing Fang Lan",
        "Wei Jun Ming Hao Jian Feng Cheng Tao",
        "Wong Chan Zhang Liu Huang Zhao Lau Cheung",
    ),
}
"""Women's, men's and family names by origin."""

_NOT_NAMES = frozenset(
    "January February March April May June July August September October November December Monday Tuesday "
    "Wednesday Thursday Friday Saturday Sunday Easter Mother Father Sister Brother Baby Nan Gran Dad Mum Case "
    "Date Lane Street House Hall Way Ward Council Bridge Cross English Young Black White Brown Green Red Early "
    "Good Best Long Short Strong Low Rich Day Key Law Reason Read Link Ring Block Chase Foster Peer Each Can "
    "Will An My Too Were Fee Art Worth Seven West North South East Bristol Lagos London Pastor Captain Church "
    "School Park Field Home King Price Page Post Place Wood Wells Banks Marsh Hill Ford Moor Bush Echo Moss "
    "Mark Bill Frost Skip Grant Pike Do In So No He She The A To".split()
)


@cache
def _known_names() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Women's, men's and family names in Latin letters of the countries that Faker knows."""
    found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for module in iter_modules(person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for names, field in zip(found, ("first_names_female", "first_names_male", "last_names"), strict=True):
            listed = getattr(provider, field, ())
            if isinstance(listed, Iterable):
                names.update(name for name in listed if _WORD.fullmatch(name) and name[0].isupper())
    women, men, families = (frozenset(names - _NOT_NAMES) for names in found)
    return women, men - women, families - women - men


_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? (?:[A-Z][a-z]+ )?([A-Z][a-z]+)")


def renamed(text: str, seed: int = 0) -> str:
    """First and family names swapped for those of another origin, one for one throughout."""
    rng = random.Random(seed)
    new = [rng.sample(names.split(), 8) for names in NAMES[rng.choice(sorted(NAMES))]]
    lower = set(re.findall(r"\b[a-z]+\b", text))
    women, men, families = _known_names()
    known = women, men, families | (set(_TITLED.findall(text)) - women - men - _NOT_NAMES)
    chosen: dict[str, str] = {}

    def swap(match: re.Match) -> str:
        word = match[0]
        kind = next((i for i, names in enumerate(known) if word in names), None)
        if kind is None or word.lower() in lower:
            return word
        if word not in chosen:
            taken = sum(old in known[kind] for old in chosen)
            chosen[word] = new[kind][taken % 8]
        return chosen[word]

    return re.sub(r"\b[A-Z][a-zà-ž]+\b", swap, text)


ABBREVIATIONS: tuple[tuple[str, str], ...] = (
    ("SW", "social worker"),
    ("TM", "team manager"),
    ("FSW", "family support worker"),
    ("HV", "health visitor"),
    ("IRO", "independent reviewing officer"),
    ("PA", "personal adviser"),
    ("YP", "young person"),
    ("MGM", "maternal grandmother"),
    ("PGM", "paternal grandmother"),
    ("CPP", "child protection plan"),
    ("CP", "child protection"),
    ("CIN", "child in need"),
    ("CLA", "child looked after"),
    ("LAC", "looked after child"),
    ("RCPC", "review child protection conference"),
    ("ICPC", "initial child protection conference"),
    ("PEP", "personal education plan"),
    ("EHCP", "education, health and care plan"),
    ("MCA", "mental capacity assessment"),
    ("OT", "occupational therapist"),
    ("POC", "package of care"),
    ("DV", "domestic violence"),
    ("DA", "domestic abuse"),
    ("EDT", "emergency duty team"),
    ("S47", "section 47"),
    ("s42", "section 42"),
    ("appt", "appointment"),
    ("mtg", "meeting"),
    ("sch", "school"),
    ("wk", "week"),
    ("re", "regarding"),
    ("approx", "approximately"),
    ("asap", "as soon as possible"),
    ("info", "information"),
    ("docs", "documents"),
    ("hosp", "hospital"),
    ("ax", "assessment"),
)
"""Short and long forms that mean the same to any team."""


def expanded(text: str, seed: int = 0) -> str:
    """Abbreviations written out.

    >>> expanded("SW to see YP's HV re appt.")
    "Social worker to see young person's health visitor regarding appointment."
    """
    long = dict(ABBREVIATIONS)

    def write_out(match: re.Match) -> str:
        words = long[match["short"]]
        return match["opening"] + (words[0].upper() + words[1:] if match["opens"] is not None else words)

    pattern = rf"(?P<opening>(?P<opens>(?:^|[.!?]\s)\W*)|(?<![\w'’]))(?P<short>{'|'.join(long)})\b"
    return re.sub(pattern, write_out, text, flags=re.MULTILINE)


def contracted(text: str, seed: int = 0) -> str:
    """Long forms abbreviated.

    >>> contracted("The health visitor has an appointment.")
    'The HV has an appt.'
    """
    short = {long: brief for brief, long in ABBREVIATIONS}
    longest_first = sorted(short, key=len, reverse=True)
    pattern = rf"\b(?:{'|'.join(longest_first)})\b"
    return re.sub(pattern, lambda m: short[m[0].lower()], text, flags=re.IGNORECASE)


_SECOND_LANGUAGE: tuple[tuple[str, str, float], ...] = (
    (r"\b(?:the|a|an) (?=[a-z])", "", 0.5),
    (r"\b(he|she|it) has\b", r"\1 have", 0.7),
    (r"\b(he|she|it) (want|say|need|feel|think|know|like|go|come|live|look|get)s\b", r"\1 \2", 0.7),
    (r"\b(he|she|it) does(n't|n’t)?\b", r"\1 do\2", 0.7),
    (r"\b(they|we|you) are\b", r"\1 is", 0.3),
    (r"\bthere are\b", "there is", 0.7),
    (r"\b(discussed|discuss)\b(?! about)", r"\1 about", 0.7),
    (r"\b(explained|told) to\b", r"\1", 0.7),
    (r"\blooking forward to\b", "looking forward for", 1.0),
    (r"\b(information|advice|equipment|evidence|progress|support)\b", r"\1s", 0.4),
    (r"\bthere is not\b", "is not", 0.7),
    (r"\bmany\b", "much", 0.5),
    (r"\bfewer\b", "less", 1.0),
    (r"\bdepends on\b", "depends of", 1.0),
    (r"\bmarried to\b", "married with", 1.0),
    (r"\bfor (\w+) (weeks|months|years)\b", r"since \1 \2", 0.5),
    (r"\bis (\w+)ed\b", r"is being \1ed", 0.3),
    (r"\bchildren\b", "childrens", 0.3),
    (r"\bpeople\b", "peoples", 0.3),
)


def second_language(text: str, seed: int = 0) -> str:
    """English as many capable colleagues write it: articles left out, endings and prepositions otherwise."""
    rng = random.Random(seed)
    for pattern, other, share in _SECOND_LANGUAGE:
        text = re.sub(
            pattern,
            lambda m, other=other, share=share: m.expand(other) if rng.random() < share else m[0],
            text,
        )
    return text


INVARIANCE: Mapping[str, Twin] = {
    "lower case": lower_case,
    "typos in 3% of words": typos,
    "full stops dropped": without_stops,
    "bullets for sentences": bulleted,
    "names of another origin": renamed,
    "abbreviations expanded": expanded,
    "abbreviations contracted": contracted,
    "second-language English": second_language,
}
"""The invariance twins by name."""

_OPENINGS = (
    "On reflection, ",
    "Reflecting on this, ",
    "Using professional curiosity, ",
    "Thinking critically, ",
    "I wonder: ",
    "Analytically, ",
)
_EMPTY = (
    "We reflected on this in depth.",
    "Professional curiosity was used throughout.",
    "I wonder about the lived experience.",
    "This was explored with critical reflection and analysis.",
    "Hypotheses were considered.",
    "A reflective discussion took place.",
)


def with_cue_words(text: str, seed: int = 0, share: float = 0.3) -> str:
    """Reflective cue words sprinkled over a share of the sentences, with no thought added.

    Half of them open a sentence, half stand as a sentence that says nothing of the case.
    """
    rng = random.Random(seed)
    at, parts = 0, []
    for unit in segment(text):
        parts.append(text[at : unit.start])
        at = unit.end
        sentence = unit.text
        if len(sentence.split()) > 4 and sentence[-1] in ".!?" and rng.random() < share:
            if rng.random() < 0.5:
                sentence = rng.choice(_OPENINGS) + sentence
            else:
                sentence = f"{sentence} {rng.choice(_EMPTY)}"
        parts.append(sentence)
    return "".join([*parts, text[at:]])


GENERAL = (
    "I wonder what else could be going on here.",
    "Perhaps there are other explanations that we have not considered.",
    "We could be wrong.",
    "What might we be missing?",
    "Could there be another way of understanding this?",
    "We reflected deeply on this case and considered the impact on the child.",
    "It is important to keep the child at the centre of everything.",
    "On reflection I recognise that my own assumptions may be influencing my practice.",
    "I have thought about power and how it plays out in the relationship.",
    "My thinking has changed as a result of this discussion.",
    "There may be more than one hypothesis and we should hold them all in mind.",
    "We do not yet know enough and that uncertainty matters.",
    "How would this look through the eyes of the person at the heart of it?",
    "Am I being too optimistic, or not optimistic enough?",
    "It is possible that things are not as they seem.",
    "We considered culture, identity and difference and what they mean for our work.",
    "This tells us that the situation is complex and has many layers.",
    "The reason for this is that a number of factors are interacting with one another.",
    "I noticed my own feelings about this case and wondered what they might be telling me.",
    "A different worker might have seen it differently.",
    "We challenged one another's thinking and tested out our views.",
    "On the one hand there are strengths, on the other hand there are worries.",
    "Is there a risk that we are working to our own agenda?",
    "The significance of this for their wellbeing was thought about carefully.",
)
"""Thoughtful sentences that would fit any case, and so by the codebook say nothing of this one."""


def with_general_reflection(text: str, seed: int = 0, sentences: int = 5) -> str:
    """A paragraph at the end that sounds reflective and would fit any case."""
    return f"{text.rstrip()}\n\n{' '.join(random.Random(seed).sample(GENERAL, sentences))}\n"


def with_dates_and_initials(text: str, spans: Iterable[tuple[int, int]], seed: int = 0) -> str:
    """Somebody's initials and a date put at the end of each of the given actions.

    Parameters
    ----------
    text : str
    spans : iterable of (start, end)
        The actions, whose step stays as vague as it is.
    seed : int
    """
    rng = random.Random(seed)
    for start, end in sorted(spans, reverse=True):
        action = text[start:end]
        initials = "".join(rng.choice("ABCDEFGHJKLMNPRST") for _ in range(2))
        mark = f" ({initials}, {rng.randint(1, 28)}/{rng.randint(1, 12)}/2025)"
        body = action.rstrip(".")
        text = text[:start] + body + mark + action[len(body) :] + text[end:]
    return text
