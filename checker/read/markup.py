"""HTML and RTF: whole files, and the cells of a table that hold either."""

import codecs
import re
from typing import Any

from checker.read.plain import decode, not_empty, table_row, tidy
from checker.read.problem import CannotRead

_UNSEEN = set("head script style template del noscript select svg object iframe".split())
_INLINE = set(
    "a abbr acronym b bdi bdo big button cite code dfn em font i img input ins kbd label mark o:p output "
    "q s samp small span strike strong sub sup time tt u var wbr".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)
_TOO_DEEP = "it is nested too deeply or too large for a note; copy the note into a new document"

_RTF_WORD = re.compile(r"\\\\|\\(deleted|pard|intbl|par|line|cell|row)(-?\d*)(?![a-z]) ?")
_CELL_END = "\ue000"  # private: no author can have typed it, and `tidy` is not yet done
LARGEST_RTF = 50_000_000
"""Most characters of RTF that are read once its pictures are left out of account."""


def read_html(data: bytes, source: str) -> str:
    """Read a saved web page.

    Parameters
    ----------
    data : bytes
    source : str
        The file's name, for the message.

    Returns
    -------
    str
        As `html_text` gives it.

    Raises
    ------
    CannotRead
        ``empty`` where the page shows no text, ``too_large`` where it is too large or too deep.
    """
    return not_empty(_with_source(html_text, _decode_page(data), source), source)


def read_rtf(data: bytes, source: str) -> str:
    """Read a Rich Text file; as `read_html`, and ``wrong_type`` or ``corrupt`` where it is none."""
    data = data.removeprefix(codecs.BOM_UTF8).lstrip()
    if not data.startswith(b"{\\rtf"):
        raise CannotRead(
            "wrong_type", f"{source} is not a Rich Text file; open it in Word and save it as .docx."
        )
    return not_empty(_with_source(rtf_text, data.decode("cp1252", "replace"), source), source)


def _with_source(convert: Any, markup: str, source: str) -> str:
    try:
        return convert(markup)
    except CannotRead as problem:
        raise CannotRead(problem.kind, f"{source} cannot be read: {problem.message}.") from problem


def _decode_page(data: bytes) -> str:
    """Bytes to text; the page's own word on its encoding goes before a guess, but after a mark."""
    declared = _DECLARED.search(data[:2048])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeError):
            pass
    return decode(data)


def html_text(markup: str) -> str:
    r"""Text that a page or a fragment of HTML shows.

    Parameters
    ----------
    markup : str

    Returns
    -------
    str
        A block, list item (with its marker) or table row (cells joined with bars) a line. A row of one
        cell, or with a table inside it, is a frame for laying out, and its content keeps its lines.

    Raises
    ------
    CannotRead
        ``too_large``: nested deeper than 255 elements, or a stretch of text above 10 MB.

    Examples
    --------
    >>> html_text("<p>Seen &amp; heard.</p><table><tr><td>Ring GP<td>SW<td>1 May</table>")
    'Seen & heard.\nRing GP | SW | 1 May'
    """
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(markup.replace("\0", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # neither text nor an element in it
        root = None
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise CannotRead("too_large", _TOO_DEEP)
    page = _Page()
    if root is not None:
        page.show(root)
    return page.text()


class _Page:
    """The lines of a page as they fill up."""

    def __init__(self) -> None:
        self._lines = [""]
        self._marker = ""

    def text(self) -> str:
        return tidy("\n".join(line.rstrip(" ") for line in self._lines))

    def show(self, element: Any) -> None:
        """Add what an element shows, without the text that follows it."""
        name = element.tag if isinstance(element.tag, str) else ""
        # A word processor's own page header and footer are known by their title alone.
        is_margin = name == "div" and element.get("title") in ("header", "footer")
        if name in _UNSEEN or is_margin or _HIDDEN.search(element.get("style", "")):
            return
        if name == "br":
            self._lines.append("")
        elif name == "tr":
            self._show_row(element)
        elif name in _INLINE:
            self._show_content(element)
        else:
            self._end_line()
            if name == "li":
                self._marker = _item_marker(element)
            self._show_content(element)
            self._end_line()

    def _show_content(self, element: Any) -> None:
        self._write(element.text, element)
        for child in element:
            self.show(child)
            self._write(child.tail, element)

    def _show_row(self, row: Any) -> None:
        self._end_line()
        cells = [child for child in row if child.tag in ("td", "th")]
        if len(cells) < 2 or row.find(".//table") is not None:
            for cell in cells:
                self.show(cell)
        else:
            pages = [_Page() for _ in cells]
            for page, cell in zip(pages, cells, strict=True):
                page.show(cell)
            if line := table_row(page.text() for page in pages):
                self._lines[-1:] = [line, ""]

    def _write(self, text: str | None, element: Any) -> None:
        if not text:
            return
        if element.tag in ("pre", "textarea"):
            self._lines[-1] += text
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if not self._lines[-1] or self._lines[-1].endswith(" "):
            text = text.lstrip(" ")
        if text and self._marker:
            text, self._marker = self._marker + text, ""
        self._lines[-1] += text

    def _end_line(self) -> None:
        if self._lines[-1].strip():
            self._lines.append("")


def _item_marker(item: Any) -> str:
    """A bullet, or the item's number in its numbered list."""
    listing = item.getparent()
    if listing is None or listing.tag != "ol":
        return "• "
    start = listing.get("start", "1").strip()
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
    return f"{first + sum(1 for _ in item.itersiblings('li', preceding=True))}. "


def rtf_text(markup: str) -> str:
    r"""Text of a Rich Text document.

    Parameters
    ----------
    markup : str
        Each byte of the file as one character.

    Returns
    -------
    str
        A paragraph, list item (with its marker) or table row (cells joined with bars) a line, without
        tracked deletions, headers, footers and pictures.

    Raises
    ------
    CannotRead
        ``corrupt`` or ``too_large``.

    Examples
    --------
    >>> rtf_text(r"{\rtf1\ansi Seen at caf\'e9.\par\intbl Ring GP\cell SW\cell 1 May\cell\row}")
    'Seen at café.\nRing GP | SW | 1 May'
    """
    from striprtf.striprtf import rtf_to_text

    if len(markup) > LARGEST_RTF:
        raise CannotRead("too_large", _TOO_DEEP)
    # The library would write a link's address behind its text, and search long lines for links at length.
    markup = re.sub(r'HYPERLINK\s*"', 'HYPERLINK  "', markup).replace("{\\field", "\n{\\field")
    try:
        text = rtf_to_text(_RTF_WORD.sub(_RowKeeper(), markup), errors="replace")
    except Exception as error:  # damaged numbers and names break the library in many ways
        raise CannotRead("corrupt", "it is damaged; open it in Word, save it again and check that") from error
    lines = [table_row(line.split(_CELL_END)) if _CELL_END in line else line for line in text.split("\n")]
    return tidy("\n".join(lines))


class _RowKeeper:
    """Rewrites control words so that a table row comes out as one line, and deletions do not come out."""

    def __init__(self) -> None:
        self._in_table = False

    def __call__(self, word: re.Match[str]) -> str:
        match word[1]:
            case "pard":
                self._in_table = False
            case "intbl":
                self._in_table = True
            case "par" | "line" if self._in_table:
                return " "
            case "cell":
                return _CELL_END
            case "deleted" if word[2] != "0":
                return r"\annotation "
        return word[0]
