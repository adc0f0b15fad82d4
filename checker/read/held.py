"""A file that lies in memory and on no disk: an upload, which must leave nothing behind."""

import io
import os
import stat
from pathlib import PurePosixPath
from typing import BinaryIO

import msgspec


class HeldFile(msgspec.Struct, frozen=True):
    """What the readers ask of a `pathlib.Path`, answered from memory.

    Attributes
    ----------
    name : str
        What the file is called, for messages; its ending says what kind of file it is.
    data : bytes
        All that it holds.
    """

    name: str
    data: bytes

    def __str__(self) -> str:
        return self.name

    @property
    def suffix(self) -> str:
        """The ending of its name, its dot included."""
        return PurePosixPath(self.name).suffix

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        return PurePosixPath(self.name).stem

    def stat(self) -> os.stat_result:
        """A plain file of its size."""
        return os.stat_result((stat.S_IFREG, 0, 0, 1, 0, 0, len(self.data), 0, 0, 0))

    def read_bytes(self) -> bytes:
        """All that it holds."""
        return self.data

    def open(self, mode: str = "r", **text: str) -> BinaryIO | io.TextIOWrapper:
        """Open it for reading, as bytes (mode ``"rb"``) or as text."""
        held = io.BytesIO(self.data)
        return held if mode == "rb" else io.TextIOWrapper(held, **text)
