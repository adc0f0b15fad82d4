"""Word documents: the text as the author would print it, tracked changes accepted."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from checker.read.numbering import Numbering, attribute, find, name_of, value_of
from checker.read.plain import table_row, tidy
from checker.read.problem import CannotRead

LARGEST_TEXT = 50_000_000
"""Most bytes of unpacked XML that are read: a novel in Word has a third of it."""
_LARGEST_RATIO = 200  # of unpacked to packed, above a megabyte; real documents stay under 50

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STRUCK_OUT = {"del", "moveFrom"}
_OPENED = {"ins", "moveTo", "customXml", "smartTag", "sdtContent"}
_NOT_TEXT = {"pPr", "rPr", "tblPr", "instrText", "delText", "delInstrText", "posOffset"}
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SYMBOLS = {"6F": "☐", "A8": "☐", "FD": "☒", "FE": "☑", "FC": "✓", "E0": "→", "B7": "•", "A7": "•"}


def read_docx(data: bytes, source: str) -> str:
    """Read a Word document.

    Paragraphs, headings, lists with their markers, table rows, text boxes, content controls and links
    are kept, and so are tracked insertions; tracked deletions, empty form prompts, comments, notes at
    the foot, headers and footers are not.

    Parameters
    ----------
    data : bytes
    source : str
        The file's name, for the message.

    Returns
    -------
    str
        A paragraph, list item or table row a line.

    Raises
    ------
    CannotRead
        ``protected``, ``wrong_type``, ``corrupt``, ``too_large``, ``no_text`` (only pictures) or ``empty``.
    """
    if data.startswith(_OLE):
        raise _old_or_protected(data, source)
    if not data.startswith(b"PK"):
        raise _not_word(source)
    body, styles, numbering = _parts(data, source)
    text = tidy("\n".join(_lines(body, Numbering(styles, numbering))))
    if not text and any(name_of(element) in ("blip", "imagedata") for element in body.iter()):
        raise CannotRead(
            "no_text", f"{source} holds only pictures; it needs typed text, not a scan or a photograph."
        )
    if not text:
        raise CannotRead("empty", f"{source} has no text in it; check that the right file was saved.")
    return text


def _old_or_protected(data: bytes, source: str) -> CannotRead:
    """What to say of an OLE file: a password-protected Office file, or a format from before 2007."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return CannotRead(
            "protected", f"{source} is protected by a password; save a copy without one and check that."
        )
    return CannotRead(
        "wrong_type", f"{source} is in the old Word format (.doc); open it in Word and save it as .docx."
    )


def _not_word(source: str) -> CannotRead:
    return CannotRead(
        "wrong_type", f"{source} is not a Word document; open it in its own program and save it as .docx."
    )


def _parts(data: bytes, source: str) -> tuple[Any, Any, Any]:
    """The parsed body, styles and numbering; an absent part is an empty element."""
    from lxml import etree

    # No entity is expanded and none is fetched: a document has no business defining one.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = set(package.namelist())
            main = _main_part(package, names, parser)
            if main is None:
                raise _not_word(source)
            folder = main.rpartition("/")[0]
            wanted = [main, f"{folder}/styles.xml", f"{folder}/numbering.xml"]
            infos = [package.getinfo(name) for name in wanted if name in names]
            if sum(info.file_size for info in infos) > LARGEST_TEXT or any(
                info.file_size > max(1_000_000, _LARGEST_RATIO * info.compress_size) for info in infos
            ):
                raise CannotRead(
                    "too_large",
                    f"{source} unpacks to far more text than a note; copy the note into a new document.",
                )
            read = (package.read(name) if name in names else b"<none/>" for name in wanted)
            body, styles, numbering = (etree.fromstring(part, parser) for part in read)
    except CannotRead:
        raise
    except Exception as error:  # zipfile and lxml answer damage with a dozen kinds of error
        raise CannotRead(
            "corrupt",
            f"{source} is damaged and cannot be opened; open it in Word, save it again and check that.",
        ) from error
    return body, styles, numbering


def _main_part(package: zipfile.ZipFile, names: set[str], parser: Any) -> str | None:
    """The name of the document's main part, which a few programs do not call `word/document.xml`."""
    from lxml import etree

    if "word/document.xml" in names:
        return "word/document.xml"
    if "_rels/.rels" not in names or package.getinfo("_rels/.rels").file_size > 1_000_000:
        return None
    for link in etree.fromstring(package.read("_rels/.rels"), parser):
        target = link.get("Target", "").lstrip("/")
        if (
            link.get("Type", "").endswith("/officeDocument")
            and target.startswith("word/")
            and target in names
        ):
            return target
    return None


def _children(element: Any) -> Iterator[Any]:
    """Children with every wrapper opened, and without what was struck out or never filled in."""
    for child in element:
        name = name_of(child)
        if name in _OPENED:
            yield from _children(child)
        elif name == "sdt":
            if find(child, "sdtPr", "showingPlcHdr") is None:
                yield from _children(child)
        elif name == "AlternateContent":
            # The same drawing for newer and older programs: read once.
            yield from _children(next((kept for kept in child if _holds_text(kept)), ()))
        elif name and name not in _STRUCK_OUT:
            yield child


def _holds_text(element: Any) -> bool:
    return any(name_of(inner) == "t" and inner.text for inner in element.iter())


def _lines(container: Any, numbering: Numbering) -> Iterator[str]:
    """A line for each paragraph and table row, in reading order."""
    carried = ""
    for block in _children(container):
        match name_of(block):
            case "p":
                boxes: list[Any] = []
                text = carried + _inline(block, boxes)
                # A deleted paragraph mark runs the paragraph into the next one.
                if any(find(block, "pPr", "rPr", struck) is not None for struck in _STRUCK_OUT):
                    carried = text
                else:
                    carried = ""
                    yield (numbering.marker(block) if text.strip() else "") + text
                for box in boxes:
                    yield from _lines(box, numbering)
            case "tbl":
                for row in _children(block):
                    yield from _row_lines(row, numbering)
            case "body":
                yield from _lines(block, numbering)
    if carried:
        yield carried


def _row_lines(row: Any, numbering: Numbering) -> Iterator[str]:
    """One line for a table row; a row of a single cell is a frame around paragraphs, and keeps them."""
    if find(row, "trPr", "del") is not None:
        return
    cells = [cell for cell in _children(row) if name_of(cell) == "tc"]
    if len(cells) == 1:
        yield from _lines(cells[0], numbering)
        return
    texts = [" ".join(_lines(cell, numbering)) for cell in cells if not _is_merged_away(cell)]
    if line := table_row(texts):
        yield line


def _is_merged_away(cell: Any) -> bool:
    """Whether the cell only continues a merged one, or was deleted."""
    if find(cell, "tcPr", "cellDel") is not None:
        return True
    merges = (find(cell, "tcPr", name) for name in ("vMerge", "hMerge"))
    return any(merge is not None and value_of(merge, "continue") == "continue" for merge in merges)


def _inline(element: Any, boxes: list[Any]) -> str:
    """The text within a paragraph; text boxes met on the way are put into `boxes`."""
    pieces = []
    for child in _children(element):
        name = name_of(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name in _BREAKS:
            pieces.append(_BREAKS[name])
        elif name == "sym":
            code = attribute(child, "char")
            pieces.append(_SYMBOLS.get(code[-2:].upper(), ""))
        elif name == "checkBox":
            ticked = find(child, "checked")
            ticked = find(child, "default") if ticked is None else ticked
            pieces.append(
                "☒" if value_of(ticked, "1" if ticked is not None else "0") in ("1", "true", "on") else "☐"
            )
        elif name == "txbxContent":
            boxes.append(child)
        elif name not in _NOT_TEXT:
            pieces.append(_inline(child, boxes))
    return "".join(pieces)
