"""Funnel limits: where a team's share falls by chance alone, so that no league table is needed."""

from checker.estimation.figures import Figure
from checker.sampling.size import Interval

ALERT, ALARM = 0.95, 0.998
"""The levels of the two pairs of limits, about 2 and 3 standard deviations (Spiegelhalter 2005)."""

IN_WORDS = {ALERT: "95%", ALARM: "99.8%"}

WITHIN, NOT_AUDITED = "within the limits", "none audited"


def funnel_limits(target: float, size: int, level: float) -> Interval:
    """Where the share of `size` audited records falls by chance alone when the true share is the target.

    Exact binomial limits, interpolated so that they are smooth, after Spiegelhalter (2005, Funnel plots for
    comparing institutional performance, Statistics in Medicine 24, 1185-1202, appendix). The upper limit
    is the lower one of the records that are not weak, so that both sides are treated alike: a share lies
    outside when, and only when, chance alone leaves that many or more extreme in fewer than half of
    ``1 - level``.

    Parameters
    ----------
    target : float
        The share of all records, above 0 and below 1.
    size : int
    level : float
        Such as `ALERT`.

    Returns
    -------
    Interval
    """
    from scipy.stats import binom

    def lowest(share: float) -> float:
        tail = (1 - level) / 2
        number = binom.ppf(tail, size, share)
        below, reached = binom.cdf([number - 1, number], size, share)
        return max(0.0, float(number - (reached - tail) / (reached - below)) / size)

    return Interval(lowest(target), 1 - lowest(1 - target))


def against_chance(figure: Figure, target: float) -> str:
    """How a team's audited share lies against the limits, in words.

    Parameters
    ----------
    figure : Figure
    target : float
        The share of all records.

    Returns
    -------
    str
        Such as ``"above the 95% limit"``, or `WITHIN` or `NOT_AUDITED`.
    """
    if not figure.alone:
        return NOT_AUDITED
    for level in (ALARM, ALERT) if 0 < target < 1 else ():
        limits = funnel_limits(target, figure.audited, level)
        if not limits.low <= figure.alone.share <= limits.high:
            side = "above" if figure.alone.share > target else "below"
            return f"{side} the {IN_WORDS[level]} limit"
    return WITHIN
