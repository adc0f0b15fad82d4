"""Plain text and Markdown: from bytes to text, and what every converted format owes its text."""

import codecs
import re
from collections.abc import Iterable

from checker.read.problem import CannotRead

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")
_BINARY_SHARE = 0.05  # a damaged note has a few such characters, a picture has one in ten

_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[\xa0\u2000-\u200a\u202f\u205f]")
_SYMBOL_BULLET = re.compile(r"[\uf0a7\uf0b7\uf0d8\uf0fc]")
MARKER = r"(?:[\uf0a7\uf0b7\uf0d8\uf0fc•‣◦▪●○■□☐☑☒✓·–—*-]|\(?(?:\d{1,2}(?:\.\d{1,2})*|[A-Za-z]|[ivx]{1,4})[.)]|\d{1,2}(?:\.\d{1,2})+)"
"""Pattern of what stands in front of a list item."""
_MARKER_GAP = re.compile(rf"^[ \t]*({MARKER})(?:\t[ \t]*| {{2,}})", re.MULTILINE)


def read_plain(data: bytes, source: str) -> str:
    """Read a text or Markdown file.

    Parameters
    ----------
    data : bytes
    source : str
        The file's name, for the message.

    Returns
    -------
    str
        The text untouched, line ends included, less the byte order mark: spans point into it.

    Raises
    ------
    CannotRead
        ``wrong_type`` where the bytes are not text, ``empty`` where there is nothing but white space.

    Examples
    --------
    >>> read_plain("Seen.\\r\\nCafé".encode("cp1252"), "note.txt")
    'Seen.\\r\\nCafé'
    """
    text = decode(data)
    if len(_BINARY.findall(text)) > _BINARY_SHARE * len(text):
        raise CannotRead("wrong_type", f"{source} is not a text file; save the note as text, Word or PDF.")
    return not_empty(text, source)


def decode(data: bytes) -> str:
    """Bytes to text: UTF-8, UTF-16 or UTF-32 by their mark, UTF-16 by its zero bytes, else Windows-1252.

    Never fails: what belongs to no encoding becomes U+FFFD.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    half = len(data[:4096]) // 2
    first, second = data[:4096:2].count(0), data[1:4096:2].count(0)
    if max(first, second) > half / 2 and min(first, second) <= half / 10:
        return data.decode("utf-16-le" if second > first else "utf-16-be", "replace")
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    # A damaged UTF-8 file still has more whole characters than broken ones; in Windows-1252 all break.
    if broken and len(re.findall(r"[^\x00-\x7f\ufffd]", text)) <= broken:
        return data.decode("cp1252", "replace")
    return text


def not_empty(text: str, source: str) -> str:
    """The text itself, or the sentence that says there is none."""
    if not text.strip():
        raise CannotRead("empty", f"{source} is empty; check that the right file was saved.")
    return text


def tidy(text: str) -> str:
    r"""Text of a converted format as a person sees it.

    Lines end in ``\n``; tabs are the only other control character; spaces are plain, unseen characters
    are gone, symbol-font bullets are bullets, one space follows a list marker, and no more than one
    blank line stands between two lines.

    Examples
    --------
    >>> tidy("\uf0b7\tSeen alone\x07.\r\n\r\n\r\nNext\xa0visit ")
    '• Seen alone.\n\nNext visit'
    """
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    text = _SYMBOL_BULLET.sub("•", _SPACES.sub(" ", text))
    text = _MARKER_GAP.sub(r"\1 ", text)
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n").rstrip()


def table_row(cells: Iterable[str]) -> str:
    """One line for a table row: its cells joined with bars, line breaks turned to spaces.

    Examples
    --------
    >>> table_row(["Ring the GP", "", "14 March\\n2025"])
    'Ring the GP |  | 14 March 2025'
    """
    return " | ".join(" ".join(cell.split()) for cell in cells).strip(" |")
