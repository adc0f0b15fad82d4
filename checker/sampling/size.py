"""What so many notes can say: intervals for a share, with the finite population taken into account."""

import math
from collections.abc import Iterable
from statistics import NormalDist

import msgspec


class Interval(msgspec.Struct, frozen=True):
    """A share's lower and upper limit, each from 0 to 1."""

    low: float
    high: float

    def __str__(self) -> str:
        """In whole per cent, such as ``29% to 71%``."""
        return f"{self.low:.0%} to {self.high:.0%}"


def effective_size(strata: Iterable[tuple[int, int]]) -> float:
    """How large a simple draw from an endless population would say as much about a share of one half.

    This is where the finite population enters: it is the variance of the stratified estimate, with each
    stratum's own correction ``(N - n) / (N - 1)`` (Cochran 1977, Sampling Techniques, sections 3.2 and
    5.3, at a share of one half in every stratum), turned round.

    Parameters
    ----------
    strata : iterable of (int, int)
        Of each stratum, how many records it has and how many of them were drawn. A simple draw is one.

    Returns
    -------
    float
        Infinite where every record was drawn, 0 where a stratum had none drawn.

    Examples
    --------
    >>> round(effective_size([(412, 20)]), 2)
    20.97
    """
    strata = [(records, drawn) for records, drawn in strata if records]
    if not strata or any(drawn == 0 for _, drawn in strata):
        return 0.0
    total = sum(records for records, _ in strata)
    spread = sum(
        (records / total) ** 2 / drawn * (records - drawn) / (records - 1)
        for records, drawn in strata
        if records > drawn
    )
    return 1 / spread if spread else math.inf


def shows_as(share: float, effective: float, level: float = 0.95) -> Interval:
    """Where a draw's share falls when the true share is known: what a size buys, before any note is read.

    These are the draws that the score test, which Wilson's interval (1927) turns round, does not reject.

    Parameters
    ----------
    share : float
        The true share.
    effective : float
        From `effective_size`.
    level : float

    Returns
    -------
    Interval

    Examples
    --------
    >>> print(shows_as(0.5, effective_size([(412, 20)])))
    29% to 71%
    """
    if not effective:
        return Interval(0.0, 1.0)
    half = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(share * (1 - share) / effective)
    return Interval(max(0.0, share - half), min(1.0, share + half))


def wilson(found: float, size: float, population: int | None = None, level: float = 0.95) -> Interval:
    """Wilson's interval for a share, after the notes are read.

    Parameters
    ----------
    found : float
        Notes that have what is counted.
    size : float
        Notes read; above 0. `effective_size` may be given for a draw that is not simple, with `found` in
        the same proportion.
    population : int, optional
        The records drawn from; without it, or where it is endless, there is no correction.
    level : float

    Returns
    -------
    Interval

    Examples
    --------
    >>> print(wilson(10, 20), "or, of 412,", wilson(10, 20, 412))
    30% to 70% or, of 412, 30% to 70%
    """
    from statsmodels.stats.proportion import proportion_confint

    share = found / size
    effective = size if population is None else effective_size([(population, int(size))])
    if math.isinf(effective):
        return Interval(share, share)
    low, high = proportion_confint(share * effective, effective, alpha=1 - level, method="wilson")
    return Interval(float(low), float(high))
