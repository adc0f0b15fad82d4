"""Offsets into a text, as Python counts them and as browsers do."""


class Sixteen:
    """Offsets as browsers count them: UTF-16 code units, in which an emoji is two.

    Label Studio and doccano store what the browser counts; Python counts code points.
    """

    def __init__(self, text: str):
        self._to = [0]
        for character in text:
            self._to.append(self._to[-1] + (2 if ord(character) > 0xFFFF else 1))
        self._back = {units: points for points, units in enumerate(self._to)}

    def of(self, at: int) -> int:
        """The browser's offset of a place in the text."""
        return self._to[at]

    def back(self, at: int) -> int:
        """The place in the text of a browser's offset; outside the text, or inside a character, -1."""
        return self._back.get(at, -1)
