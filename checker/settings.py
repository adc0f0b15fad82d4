"""A council's own settings: `checker.toml`.

The file says how the council's columns are called and which rules it wants louder, quieter or off.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `checker.toml` may say.

    Attributes
    ----------
    rules : mapping of str to str
        For a rule, by its id: ``"error"``, ``"warning"``, ``"hint"`` or ``"off"``.
    """

    rules: Mapping[str, Literal["error", "warning", "hint", "off"]] = {}
