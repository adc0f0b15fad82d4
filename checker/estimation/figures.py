"""Shares of weak records, of each band and of each criterion, for all records and for groups of them."""

import msgspec

from checker.estimation.estimators import Share
from checker.estimation.measures import Measure
from checker.record import Model
from checker.sampling import By

FEWEST_RECORDS = 10
"""A group of fewer records is not shown: its share would say more of chance than of its notes."""

FEWEST_WORKERS = 5
"""A group of fewer workers is not shown: its share would be a verdict on people who can be guessed."""

GROUPED_BY = tuple(by for by in By if by is not By.WORKER)
"""What shares may be grouped by. Workers are never compared."""


class EstimationError(ValueError):
    """No share can be worked out; the message is one sentence: what, why, what to do."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measure in one group, worked out three ways.

    Attributes
    ----------
    measure : Measure
    audited : int
        Audited records of the group that the auditor judged by this measure.
    alone : Share, optional
        From the audits alone; absent where nothing was audited.
    powered : Share, optional
        Prediction-powered, from the audits and the tool; absent below `ENOUGH_AUDITED`.
    tool : float
        The tool's own share of the group's records: biased by its errors, and without an interval
        because none would hold the truth.
    """

    measure: Measure
    audited: int
    alone: Share | None
    powered: Share | None
    tool: float

    @property
    def best(self) -> Share | None:
        """The share to quote: prediction-powered where there is one, else the audits' own."""
        return self.powered or self.alone


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """All records, or those of one team, service, kind or month, or of a team in a month.

    Attributes
    ----------
    names : tuple of str
        One for each thing that the records are grouped by; none for all records.
    records : int
    figures : tuple of Figure
        Empty where the group is too small to be shown.
    """

    names: tuple[str, ...]
    records: int
    figures: tuple[Figure, ...]

    @property
    def is_shown(self) -> bool:
        """Whether it is large enough to be shown."""
        return bool(self.figures)

    def figure(self, measure: Measure) -> Figure:
        """The figure of one measure."""
        return next(figure for figure in self.figures if figure.measure == measure)


class Estimates(msgspec.Struct, frozen=True, kw_only=True):
    """What `estimate` works out.

    Attributes
    ----------
    overall : Group
    by : By, optional
    groups : tuple of Group
        By `by`, in order of name and never of share; empty without it.
    teams, months, team_months : tuple of Group
        What the charts show; `team_months` has weak records only. Empty where the records do not say.
    notes : tuple of str
        What a reader must know of these figures, in sentences.
    models : tuple of Model
    """

    overall: Group
    by: By | None
    groups: tuple[Group, ...]
    teams: tuple[Group, ...]
    months: tuple[Group, ...]
    team_months: tuple[Group, ...]
    notes: tuple[str, ...]
    models: tuple[Model, ...]
