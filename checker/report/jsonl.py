"""JSON lines: the contract, one object a line, written and read back without loss."""

import json

import msgspec

from checker.record import Assessment, Unreadable

_ENCODER = msgspec.json.Encoder()
_ASSESSMENT = msgspec.json.Decoder(Assessment)


def line(result: Assessment | Unreadable, text: bool = True) -> bytes:
    """One result as one line of UTF-8, its line feed included.

    Parameters
    ----------
    result : Assessment or Unreadable
    text : bool
        Where false, each unit's ``text`` is the empty string; its span, line and label stay.

    Returns
    -------
    bytes
    """
    return encoded(quoting(result, text))


def quoting(result: Assessment | Unreadable, text: bool) -> Assessment | Unreadable:
    """The result as it is or, where `text` is false, without the words of its units."""
    if text or isinstance(result, Unreadable):
        return result
    units = tuple(msgspec.structs.replace(unit, text="") for unit in result.units)
    return msgspec.structs.replace(result, units=units)


def encoded(value: object) -> bytes:
    """Anything made of structs as one line of UTF-8, its line feed included."""
    try:
        return _ENCODER.encode(value) + b"\n"
    except UnicodeEncodeError:  # a lone surrogate, as in a file name that is not UTF-8: escaped, not lost
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Assessment | Unreadable:
    """Read back one line that `line` wrote.

    Parameters
    ----------
    line : bytes
        With or without its line feed. Unknown keys are passed over.

    Returns
    -------
    Assessment or Unreadable

    Raises
    ------
    ValueError
        If the line is not JSON, or holds neither an assessment nor an error; the message says where
        (``msgspec.ValidationError`` and ``msgspec.DecodeError`` are kinds of it).
    """
    try:
        return _ASSESSMENT.decode(line)
    except msgspec.DecodeError:  # an input that could not be read, or a lone surrogate
        plain = json.loads(line)
        unreadable = isinstance(plain, dict) and "error" in plain
        return msgspec.convert(plain, Unreadable if unreadable else Assessment)
