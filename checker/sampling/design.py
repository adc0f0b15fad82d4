"""The terms of a draw: from what, by what, how many from where, and what came out."""

import zlib
from enum import StrEnum

import msgspec

from checker.codebook import RecordType
from checker.record import Assessment, Unreadable
from checker.report import jsonl


class Draw(StrEnum):
    """How a record came onto a list.

    Only `RANDOM` may enter an estimate: a risk list is chosen for what the tool thinks, and
    `AMONG_RISK` are the random notes mixed into one, drawn from the records that are not on it.
    """

    RANDOM = "random"
    RISK = "risk"
    AMONG_RISK = "random among risk"


class By(StrEnum):
    """What a draw can be stratified by."""

    TEAM = "team"
    SERVICE = "service"
    RECORD_TYPE = "record-type"
    WORKER = "worker"
    MONTH = "month"

    @property
    def words(self) -> str:
        """Its name in a sentence."""
        return self.replace("-", " ")


class Allocation(StrEnum):
    """How a draw is shared among strata: by their size, equally, or most where notes differ most."""

    PROPORTIONAL = "proportional"
    EQUAL = "equal"
    NEYMAN = "neyman"


class Order(StrEnum):
    """What stands first on a risk list."""

    WEAKEST = "weakest"
    LEAST_CERTAIN = "least-certain"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A record that can be drawn: light enough to hold for every record of a long export.

    Attributes
    ----------
    id, source, record_type, team, service, worker
        As in `checker.record.Assessment`.
    month : str, optional
        The month of the supervision, such as ``"2026-03"``.
    weak : bool
    weak_probability : float
    bands : tuple of int
        The places of the reflection and plan bands in the codebook's order, lowest first.
    packed : bytes
        The whole assessment, compressed; see `assessment`.
    """

    id: str
    source: str
    record_type: RecordType
    team: str | None
    service: str | None
    worker: str | None
    month: str | None
    weak: bool
    weak_probability: float
    bands: tuple[int, int]
    packed: bytes

    @property
    def assessment(self) -> Assessment:
        """The whole assessment."""
        return jsonl.decode(zlib.decompress(self.packed))


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What a draw is made from.

    Attributes
    ----------
    candidates : tuple of Candidate
        In the order of id and source, so that the order of the input does not matter.
    left_out : int
        Records left out because their ids were asked to be.
    unknown : int
        Ids asked to be left out that no record has.
    repeated : int
        Records that came again with the same id and source, and count once.
    unreadable : tuple of Unreadable
        Inputs that could not be read, and so cannot be drawn.
    """

    candidates: tuple[Candidate, ...]
    left_out: int = 0
    unknown: int = 0
    repeated: int = 0
    unreadable: tuple[Unreadable, ...] = ()


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A record on a list, the stratum it was drawn in, and the probability with which it was taken."""

    candidate: Candidate
    stratum: str
    probability: float
    draw: Draw


class Stratum(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the frame that is drawn from by itself: its name, its records, and how many were drawn."""

    name: str
    records: int
    drawn: int


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What was drawn.

    Attributes
    ----------
    drawn : tuple of Drawn
        In an order that tells nothing.
    strata : tuple of Stratum
        By name. A simple draw has one, without a name; a risk list has none.
    words : str
        How it was drawn, in a sentence.
    """

    drawn: tuple[Drawn, ...]
    strata: tuple[Stratum, ...]
    words: str
