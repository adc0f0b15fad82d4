"""From words placed on a page to lines and table rows, and from lines to paragraphs.

Places are in points from the lower left corner of the page as it is read. The thresholds are in
heights of the line they are about, so that they hold for any size of type.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile

import msgspec

from checker.read.plain import MARKER

_COLUMN_GAP = 1.5  # a wider gap within a line stands between columns; justified words stay closer
_PARAGRAPH_GAP = 0.7  # between lines, unless the whole page is set wider
_MARGIN = 0.12  # share of the page's height, at its top and foot, where headers and footers stand

_MARKED = re.compile(rf"{MARKER}(?=\s)")
_MARKER_ONLY = re.compile(MARKER)
_PAGE_NUMBER = re.compile(r"page\s+\d+(\s*(of|/)\s*\d+)?|\d+\s*(of|/)\s*\d+|[-–]\s*\d+\s*[-–]", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:-\w+)*")
_KEEPS_HYPHEN = set("well self non co re pre ex half mid multi cross step long short one two three".split())


class Placed(msgspec.Struct, kw_only=True):
    """What stands somewhere on a page."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 1.0)

    def is_level_with(self, bottom: float, top: float) -> bool:
        """Whether either middle is within the other's height: raised, lowered and foreign letters are."""
        return self.bottom < (bottom + top) / 2 < self.top or bottom < (self.bottom + self.top) / 2 < top


class Word(Placed, kw_only=True):
    """A word where it stands on its page."""

    text: str

    def meets(self, left: float, bottom: float, top: float) -> bool:
        """Whether a character from `left` on, between `bottom` and `top`, goes on with this word."""
        # The letters of a ligature share one place, so a letter may start well before the word's end.
        return self.is_level_with(bottom, top) and -1.2 * self.height < left - self.right < 0.25 * self.height


class Ruling(msgspec.Struct, frozen=True):
    """A level line at height `at`, or an upright one `at` from the left, between `start` and `end`."""

    at: float
    start: float
    end: float
    upright: bool


class Line(Placed, kw_only=True):
    """A line of a page: its columns, its place, and the box of rulings around it, if any.

    `box` is (left, bottom, right, top). A `row` is a row of a table and is joined to nothing.
    """

    columns: list[str]
    box: tuple[float, float, float, float] | None = None
    row: bool = False

    @property
    def text(self) -> str:
        return " | ".join(self.columns)

    def add(self, word: Word) -> None:
        gap = (word.left - self.right) / self.height
        if gap > _COLUMN_GAP and not _MARKER_ONLY.fullmatch(self.columns[-1]):
            self.columns.append(word.text)
        else:
            self.columns[-1] += " " + word.text
        self.right = word.right
        self.bottom, self.top = min(self.bottom, word.bottom), max(self.top, word.top)


class Page(msgspec.Struct):
    """The lines of one page, in reading order, and its size."""

    lines: list[Line]
    width: float
    height: float


def page_of(words: Iterable[Word], rulings: list[Ruling], width: float, height: float) -> Page:
    """Put words, in the order of the file, into lines, and the cells of ruled tables into rows."""
    lines: list[Line] = []
    for word in words:
        box = _box(word, rulings)
        last = lines[-1] if lines else None
        if (
            last is not None
            and last.box == box
            and last.is_level_with(word.bottom, word.top)
            and word.left > last.right - 0.5 * last.height
        ):
            last.add(word)
        else:
            place = {"left": word.left, "right": word.right, "bottom": word.bottom, "top": word.top}
            lines.append(Line(columns=[word.text], box=box, **place))
    return Page(_rows(lines), width, height)


def _box(word: Word, rulings: list[Ruling]) -> tuple[float, float, float, float] | None:
    """The nearest rulings on all four sides of a word, or None where a side is open."""
    across, along = (word.left + word.right) / 2, (word.bottom + word.top) / 2
    upright = [line.at for line in rulings if line.upright and line.start - 2 <= along <= line.end + 2]
    level = [line.at for line in rulings if not line.upright and line.start - 2 <= across <= line.end + 2]
    left = max((at for at in upright if at <= across), default=None)
    right = min((at for at in upright if at > across), default=None)
    bottom = max((at for at in level if at <= along), default=None)
    top = min((at for at in level if at > along), default=None)
    if left is None or right is None or bottom is None or top is None:
        return None
    return round(left), round(bottom), round(right), round(top)


def _rows(lines: list[Line]) -> list[Line]:
    """Make one line of all boxes that hang from the same height; a box alone is only a frame."""
    rows: dict[float, dict[float, list[Line]]] = {}
    for line in lines:
        if line.box is not None:
            left, _, _, top = line.box
            near = next((height for height in rows if abs(height - top) < 3), top)
            rows.setdefault(near, {}).setdefault(left, []).append(line)
    row_of = {id(line): row for row in rows.values() for cell in row.values() for line in cell}
    kept, done = [], set()
    for line in lines:
        row = row_of.get(id(line), {})
        if len(row) < 2:
            line.row = len(line.columns) > 1
            kept.append(line)
        elif id(row) not in done:
            done.add(id(row))
            inside = [line for cell in row.values() for line in cell]
            kept.append(
                Line(
                    columns=[_cell_text(row[left]) for left in sorted(row)],
                    left=min(line.left for line in inside),
                    right=max(line.right for line in inside),
                    bottom=min(line.bottom for line in inside),
                    top=max(line.top for line in inside),
                    row=True,
                )
            )
    return kept


def _cell_text(lines: list[Line]) -> str:
    text = lines[0].text
    for line in lines[1:]:
        text = _mend(text, line.text, frozenset())
    return text


def without_repeats(pages: list[Page]) -> list[Page]:
    """Drop headers, footers and page numbers.

    A line goes when it stands in the top or bottom margin, with nothing kept between it and the edge,
    and comes back at the same height, but for the page's number, on at least half of the pages (and on
    two). "Page 1 of 1" goes from a single page too.
    """
    numbered = list(enumerate(pages, 1))
    seen = Counter(
        place
        for number, page in numbered
        for place in {_place(line, number, len(pages)) for line in page.lines if _at_edge(line, page)}
    )
    enough = max(2, len(pages) / 2)
    kept = []
    for number, page in numbered:
        repeated = set()
        for line in page.lines:
            text, height = _place(line, number, len(pages))
            often = sum(seen[text, height + shift] for shift in (-1, 0, 1)) >= enough
            runs_on = line.text[:1].islower() and " " in line.text  # a sentence's end, whatever it repeats
            if _at_edge(line, page) and not runs_on and (often or _PAGE_NUMBER.fullmatch(line.text)):
                repeated.add(id(line))
        kept.append(Page(_without_outer(page.lines, repeated), page.width, page.height))
    return kept


def _without_outer(lines: list[Line], repeated: set[int]) -> list[Line]:
    """The lines less the repeated ones that stand outermost at the top and at the foot."""
    down = sorted(lines, key=lambda line: -line.top)
    up = sorted(lines, key=lambda line: line.bottom)
    outer = {id(line) for order in (down, up) for line in takewhile(lambda line: id(line) in repeated, order)}
    return [line for line in lines if id(line) not in outer]


def _place(line: Line, number: int, total: int) -> tuple[str, int]:
    """What a line says, but for the page's number where one would stand, and how high it stands."""
    page_number = rf"(?<=page ){number}\b|^{number}\b(?! ?[.)])|\b{number}(?= (?:of|/) {total}\b|$)"
    return re.sub(page_number, "#", line.text, flags=re.IGNORECASE), round(line.bottom / 4)


def _at_edge(line: Line, page: Page) -> bool:
    return line.bottom > (1 - _MARGIN) * page.height or line.top < _MARGIN * page.height


def paragraphs(pages: list[Page]) -> Iterator[str]:
    """Join the lines that only the width of the page had parted, across pages too."""
    edges = [_edge(page) for page in pages]
    # Not the words at either end of a line: those may be the halves of one.
    inner = (" ".join(line.text.split()[1:-1]).lower() for page in pages for line in page.lines)
    known = frozenset(word for text in inner for word in _WORD.findall(text))
    text, last, last_edge, last_page = "", None, 0.0, None
    for page, edge in zip(pages, edges, strict=True):
        gap = _usual_gap(page)
        for line in page.lines:
            if last is not None and _goes_on(last, line, last_edge, gap if page is last_page else None):
                text = _mend(text, line.text, known)
            else:
                if text:
                    yield text
                text = line.text
            last, last_page = line, page
            last_edge = edge if line.box is None else line.box[2] - line.height / 2
    if text:
        yield text


def _edge(page: Page) -> float:
    """Where running text ends: where several lines do and one plainly runs on, or else a margin like the left one."""
    free = [line for line in page.lines if line.box is None and not line.row]
    if not free:
        return page.width
    furthest = max(line.right for line in free)
    full = [line.right > furthest - 0.06 * page.width for line in free]
    runs_on = any(
        is_full and upper.text[-1] not in ".!?:;" and lower.text[0].islower()
        for is_full, upper, lower in zip(full, free, free[1:], strict=False)
    )
    if runs_on and sum(full) >= 3:
        return furthest
    return max(furthest, page.width - min(line.left for line in free))


def _usual_gap(page: Page) -> float:
    """The largest gap, in line heights, between two lines of one paragraph: little more than the page's closest."""
    pairs = zip(page.lines, page.lines[1:], strict=False)
    gaps = sorted(
        (upper.bottom - lower.top) / lower.height for upper, lower in pairs if lower.top <= upper.bottom
    )
    return max(_PARAGRAPH_GAP, 1.2 * gaps[len(gaps) // 10]) if gaps else _PARAGRAPH_GAP


def _goes_on(upper: Line, lower: Line, edge: float, gap: float | None) -> bool:
    """Whether `lower` goes on with the paragraph of `upper`; `gap` is None across a page break."""
    if upper.row or lower.row or (_MARKED.match(lower.text) and not lower.text[0].isdigit()):
        return False
    if not 0.8 < lower.height / upper.height < 1.25 or abs(lower.left - upper.left) > 4 * lower.height:
        return False
    if gap is not None and not -0.5 < (upper.bottom - lower.top) / lower.height < gap:
        return False
    first = lower.text.split()[0]
    width = len(first) * (lower.right - lower.left) / len(lower.text)
    did_not_fit = upper.right + width > edge - 0.1 * lower.height
    open_end = upper.text[-1] not in ".!?:;"
    if _MARKED.match(lower.text):  # a number at the head of a line: an item, or "at 8.10." cut in two
        return did_not_fit and open_end
    return did_not_fit or (first[0].islower() and open_end)


def _mend(upper: str, lower: str, known: frozenset[str]) -> str:
    """Join two lines, taking out a hyphen that only the line end had put in.

    The hyphen stays before a capital, in a word of three parts, after the likes of "well-", and where the
    words `known` from the rest of the note hold the hyphened word or both of its halves.
    """
    broken = re.search(r"(-?)([^\W\d_]+)-$", upper)
    follows = re.match(r"[^\W\d_]+", lower)
    if broken is None or follows is None:
        return f"{upper} {lower}"
    first, second = broken[2].lower(), follows[0].lower()
    kept = (
        not follows[0].islower()
        or broken[1]
        or first in _KEEPS_HYPHEN
        or f"{first}-{second}" in known
        or (min(len(first), len(second)) > 3 and {first, second} <= known)
    )
    return upper + lower if kept else upper[:-1] + lower
