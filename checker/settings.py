"""A council's own settings: `checker.toml`.

The file says how the council's columns are called and which rules it wants louder, quieter or off.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from checker.record import Severity


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `checker.toml` may say.

    Attributes
    ----------
    rules : mapping of str to Severity or ``"off"``
        A level for a rule by its id, or ``"off"``.
    """

    rules: Mapping[str, Severity | Literal["off"]] = {}
