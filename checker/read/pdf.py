"""PDF: the text layer, put back into the paragraphs and table rows that it was printed from."""

import ctypes
import math
import time
from collections.abc import Iterator
from typing import Any

from checker.read.layout import Ruling, Word, page_of, paragraphs, without_repeats
from checker.read.plain import tidy
from checker.read.problem import CannotRead

MOST_PAGES = 300
"""A bundle, not a note, has more pages than this."""
MOST_CHARACTERS = 1_000_000
LONGEST_SECONDS = 60
"""Pages are read until this much time has gone, since a small file may ask for endless drawing."""
_MOST_RULINGS = 2_000  # on a page; a form has some hundreds


def read_pdf(data: bytes, source: str) -> str:
    """Read a PDF's text layer.

    Lines are joined into paragraphs again, words broken at a line end are mended, table rows are one
    line each, and headers, footers and page numbers that come back page after page are dropped.

    Parameters
    ----------
    data : bytes
    source : str
        The file's name, for the message.

    Returns
    -------
    str
        A paragraph, heading, list item or table row a line.

    Raises
    ------
    CannotRead
        ``protected``, ``corrupt``, ``too_large`` or ``no_text`` (a scan).
    """
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _cannot_open(error, data, source) from error
    try:
        if len(document) > MOST_PAGES:
            raise _too_large(source)
        text = _text(document, source)
        scan = not text and _has_pictures(document)
    except pdfium.PdfiumError as error:
        raise _corrupt(source) from error
    finally:
        document.close()
    if scan:
        raise CannotRead(
            "no_text",
            f"{source} is a scan: it holds pictures of pages and no text; run text recognition (OCR) on it first.",
        )
    if not text:
        raise CannotRead(
            "no_text", f"{source} has no text in it; save the note again from the program it was written in."
        )
    return text


def _text(document: Any, source: str) -> str:
    ends = time.monotonic() + LONGEST_SECONDS
    characters = 0
    pages = []
    for page in document:
        textpage = page.get_textpage()
        characters += textpage.count_chars()
        if characters > MOST_CHARACTERS or time.monotonic() > ends:
            raise _too_large(source)
        sheet = _Sheet(page)
        pages.append(page_of(_words(textpage, sheet), _rulings(page, sheet), *sheet.size))
        textpage.close()
        page.close()
    return tidy("\n".join(paragraphs(without_repeats(pages))))


def _cannot_open(error: Any, data: bytes, source: str) -> CannotRead:
    import pypdfium2.raw as raw

    if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
        return CannotRead(
            "protected", f"{source} is protected by a password; save a copy without one and check that."
        )
    if b"%PDF" not in data[:1024]:
        return CannotRead(
            "wrong_type", f"{source} is not a PDF; save it again from the program it was written in."
        )
    return _corrupt(source)


def _corrupt(source: str) -> CannotRead:
    return CannotRead("corrupt", f"{source} is damaged and cannot be opened; save it again and check that.")


def _too_large(source: str) -> CannotRead:
    return CannotRead(
        "too_large",
        f"{source} is too long for one note (over {MOST_PAGES} pages or {MOST_CHARACTERS:,} characters, or too slow"
        " to draw); save the note's own pages as a PDF.",
    )


def _has_pictures(document: Any) -> bool:
    import pypdfium2.raw as raw

    return any(next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]), None) for page in document)


class _Sheet:
    """A page's places as its reader sees them: turned upright, from the lower left corner."""

    def __init__(self, page: Any):
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._turned = page.get_rotation()

    @property
    def size(self) -> tuple[float, float]:
        width, height = self._right - self._left, self._top - self._bottom
        return (height, width) if self._turned in (90, 270) else (width, height)

    def place(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self._left, y - self._bottom
        width, height = self.size
        return {90: (y, height - x), 180: (width - x, height - y), 270: (width - y, x)}.get(
            self._turned, (x, y)
        )


def _words(textpage: Any, sheet: _Sheet) -> Iterator[Word]:
    """The words of a page, in the order the file holds them; slanted text, a watermark, is left out."""
    import pypdfium2.raw as raw

    word: Word | None = None
    box = raw.FS_RECTF()
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        character = "-" if raw.FPDFText_IsHyphen(textpage, index) == 1 else chr(min(code, 0x10FFFF))
        if character.isspace() or code == 0:
            if word is not None:
                yield word
            word = None
        elif abs(math.sin(2 * raw.FPDFText_GetCharAngle(textpage, index))) < 0.1:
            raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(box))
            xs, ys = zip(sheet.place(box.left, box.bottom), sheet.place(box.right, box.top), strict=True)
            if word is not None and word.meets(min(xs), min(ys), max(ys)):
                word.text += character
                word.right = max(word.right, *xs)
            else:
                if word is not None:
                    yield word
                word = Word(text=character, left=min(xs), right=max(xs), bottom=min(ys), top=max(ys))
    if word is not None:
        yield word


def _rulings(page: Any, sheet: _Sheet) -> list[Ruling]:
    """The level and upright lines drawn on a page: borders of tables and boxes."""
    import pypdfium2.raw as raw

    rulings: list[Ruling] = []
    fill, stroke, x, y = ctypes.c_int(), ctypes.c_int(), ctypes.c_float(), ctypes.c_float()
    for drawing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        if len(rulings) > _MOST_RULINGS:
            break
        left, bottom, right, top = drawing.get_bounds()
        raw.FPDFPath_GetDrawMode(drawing, ctypes.byref(fill), ctypes.byref(stroke))
        if not stroke.value and min(right - left, top - bottom) > 3:
            continue  # a shade or a highlighter, not a border
        matrix = drawing.get_matrix()
        start = point = None
        for index in range(min(raw.FPDFPath_CountSegments(drawing), _MOST_RULINGS)):
            segment = raw.FPDFPath_GetPathSegment(drawing, index)
            raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            before, point = point, sheet.place(*matrix.on_point(x.value, y.value))
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                start = point
            elif before is not None:
                rulings += _ruling(before, point)
            if start is not None and raw.FPDFPathSegment_GetClose(segment):
                rulings += _ruling(point, start)
    return rulings


def _ruling(start: tuple[float, float], end: tuple[float, float]) -> list[Ruling]:
    """The ruling between two points, unless it slants or is only the end of a thick one."""
    (x1, y1), (x2, y2) = start, end
    if abs(x1 - x2) < 1 and abs(y1 - y2) > 4:
        return [Ruling((x1 + x2) / 2, min(y1, y2), max(y1, y2), True)]
    if abs(y1 - y2) < 1 and abs(x1 - x2) > 4:
        return [Ruling((y1 + y2) / 2, min(x1, x2), max(x1, x2), False)]
    return []
