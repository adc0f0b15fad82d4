"""The markers that Word draws in front of list items and never stores in their text."""

import re
from typing import Any


class Numbering:
    """The markers of one document, counted as its paragraphs pass.

    Parameters
    ----------
    styles, numbering : lxml element
        The roots of the parts `styles.xml` and `numbering.xml`, or empty elements.
    """

    def __init__(self, styles: Any, numbering: Any):
        self._styles = {attribute(style, "styleId"): style for style in styles if name_of(style) == "style"}
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._list_of: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        abstract = {
            attribute(item, "abstractNumId"): item for item in numbering if name_of(item) == "abstractNum"
        }
        for num in numbering:
            if name_of(num) == "num":
                number, base = attribute(num, "numId"), value_of(find(num, "abstractNumId"))
                overrides = [child for child in num if name_of(child) == "lvlOverride"]
                # Lists drawn from one definition count on, unless one says where it starts.
                self._list_of[number] = f"own {number}" if overrides else base
                for level in abstract.get(base, ()):
                    if name_of(level) == "lvl":
                        self._add_level(number, level)
                for override in overrides:
                    if (level := find(override, "lvl")) is not None:
                        self._add_level(number, level)
                    elif (start := find(override, "startOverride")) is not None:
                        key = number, _whole(attribute(override, "ilvl"))
                        form, text, _ = self._levels.get(key, ("decimal", "%1.", 1))
                        self._levels[key] = form, text, _whole(value_of(start))

    def _add_level(self, number: str, level: Any) -> None:
        self._levels[number, _whole(attribute(level, "ilvl"))] = (
            value_of(find(level, "numFmt"), "decimal"),
            value_of(find(level, "lvlText")),
            _whole(value_of(find(level, "start"), "1")),
        )

    def marker(self, paragraph: Any) -> str:
        """The marker and a space, counting the paragraph in; nothing outside lists."""
        number, level = self._place(paragraph)
        if number in ("", "0"):
            return ""
        form, text, start = self._levels.get((number, level), ("bullet", "", 1))
        if form == "bullet":
            return "• "
        if form == "none":
            return ""
        listing = self._list_of[number]
        self._counts[listing, level] = self._counts.get((listing, level), start - 1) + 1
        for deeper in range(level + 1, 9):
            self._counts.pop((listing, deeper), None)

        def numeral(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shape, _, first = self._levels.get((number, at), ("decimal", "", 1))
            return _numeral(self._counts.get((listing, at), first), shape)

        shown = re.sub(r"%(\d)", numeral, text)
        return f"{shown} " if shown.strip() else ""

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list and level a paragraph belongs to, by itself or by its style."""
        properties = find(paragraph, "pPr")
        style = value_of(find(paragraph, "pPr", "pStyle"))
        level = ""
        for _ in range(20):  # styles build on styles; a damaged file may go round in a circle
            place = None if properties is None else find(properties, "numPr")
            if place is not None:
                level = level or value_of(find(place, "ilvl"))
                if number := value_of(find(place, "numId")):
                    return number, _whole(level)
            if style not in self._styles:
                break
            properties = find(self._styles[style], "pPr")
            style = value_of(find(self._styles[style], "basedOn"))
        return "", 0


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _numeral(count: int, shape: str) -> str:
    """A count as Word writes it: 3, c, C, iii or III."""
    if shape in ("lowerLetter", "upperLetter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if shape == "lowerLetter" else letter.upper()
    if shape in ("lowerRoman", "upperRoman") and count > 0:
        roman = ""
        for worth, sign in zip(
            (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
            ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
            strict=True,
        ):
            roman += sign * (count // worth)
            count %= worth
        return roman if shape == "lowerRoman" else roman.upper()
    return str(count)


def name_of(element: Any) -> str:
    """The element's name without its namespace, which differs between the two editions of the standard."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find(element: Any, *path: str) -> Any:
    """The first descendant down a path of names, or None."""
    for name in path:
        element = next((child for child in element if name_of(child) == name), None)
        if element is None:
            return None
    return element


def value_of(element: Any, default: str = "") -> str:
    """The element's `val`."""
    if element is None:
        return default
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), default)


def attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
