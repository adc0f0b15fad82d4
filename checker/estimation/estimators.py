"""Shares of all records from an audit of some: by the auditors alone, and by the auditors and the tool together.

Both are design-based: the audited records were drawn at random with known chances, and nothing is assumed
of the tool. A tool that is often wrong makes the second interval wide, not wrong. The library of the method's
authors, `ppi-python`, brings a client that downloads files, which nothing here may.
"""

import msgspec
import numpy as np

from checker.sampling.size import Interval, effective_size, wilson

LEVEL = 0.95
"""The level of every interval."""

ENOUGH_AUDITED = 10
"""From this many audited records on, the tool may help: below it the audits alone say as much.

With so few, the interval of `prediction_powered` rests on a variance that hardly any errors of the tool
were seen for, and comes out no narrower than that of `audited_alone`.
"""

_MATCHED = np.array([(1, 1), (1, 0), (0, 1), (0, 0)], dtype=float)
_HALF = 0.5


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The audited records of a random draw, one place in each array a record.

    Attributes
    ----------
    found : numpy.ndarray of float, shape (n,)
        What the auditor found, 1 or 0.
    called : numpy.ndarray of float, shape (n,)
        What the tool calls it, 1 or 0.
    weight : numpy.ndarray of float, shape (n,)
        How many records each stands for: one over its inclusion probability.
    stratum : numpy.ndarray of int, shape (n,)
    inside : numpy.ndarray of bool, shape (n,)
        Whether it belongs to the group that the share is about; the others tell how the draw varies.
    """

    found: np.ndarray
    called: np.ndarray
    weight: np.ndarray
    stratum: np.ndarray
    inside: np.ndarray

    @property
    def size(self) -> int:
        """How many audited records the group has."""
        return int(self.inside.sum())


class Share(msgspec.Struct, frozen=True):
    """A share, 0 to 1, and its 95% interval."""

    share: float
    interval: Interval


def audited_alone(audit: Audit, records: int) -> Share:
    """The share among a group's records from its audited records alone.

    The share is weighted by the inverse of the inclusion probabilities (Hájek 1971). Its interval is
    Wilson's (1927) at the effective sample size: that of a simple draw from a finite population, divided
    by the design effect (Kish 1965; Korn and Graubard 1998, Survey Methodology 24, 193-201). A design
    effect below 1 is not claimed. For a simple draw this is Wilson's interval with finite population
    correction.

    Parameters
    ----------
    audit : Audit
        With at least one record inside.
    records : int
        How many records the group has.

    Returns
    -------
    Share
    """
    share = _mean(audit.found, audit)
    n = audit.size
    weight = audit.weight[audit.inside]
    simple = _simple_variance(share * (1 - share), n, records)
    effect = _variance(audit.found, audit) / simple if simple else n * (weight @ weight) / weight.sum() ** 2
    effective = effective_size([(records, n)]) / max(1.0, effect)
    return Share(
        share, wilson(share * effective, effective) if np.isfinite(effective) else Interval(share, share)
    )


def prediction_powered(audit: Audit, called_share: float) -> Share:
    """The share among a group's records, from the tool on every record and the audit's correction of it.

    Prediction-powered inference for a mean (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic 2023, Science
    382, 669-674): ``lambda * mean(called) + mean(found - lambda * called)``, the first mean over all records
    and the second, the correction, over the audited ones, with the tuning of ``lambda`` that makes the
    interval narrowest (Angelopoulos, Duchi and Zrnic 2023, arXiv:2311.01453). As the audited records are
    some of all records and these are finite in number, this is the difference estimator of survey sampling
    (Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, chapter 6): the only doubt is in
    the correction, whose variance is that of a stratified draw without replacement. A tool that tells
    nothing gets a ``lambda`` near 0, and what is left is the audits alone.

    An audit in which the tool was hardly ever wrong would show no variance at all. As Agresti and Min (2005,
    Statistics in Medicine 24, 729-740) do for matched proportions, half an observation is added to each of
    the four pairs of found and called when ``lambda`` and the variance are worked out; the interval is
    Student's. While the errors seen are only a handful it is wider than it need be.

    Parameters
    ----------
    audit : Audit
        With at least two records inside.
    called_share : float
        The tool's own share over all records of the group.

    Returns
    -------
    Share
    """
    from scipy.special import stdtrit

    n = audit.size
    weight = audit.weight[audit.inside]
    mass = weight.sum() ** 2 / (weight @ weight)  # the effective number of observations (Kish 1965)
    pairs = np.column_stack([audit.found, audit.called])[audit.inside]
    pairs, amount = np.vstack([pairs, _MATCHED]), np.append(weight / weight.sum() * mass, [_HALF] * 4)
    found, called = pairs.T
    around = called - np.average(called, weights=amount)
    tuning = float(np.clip((amount @ (around * found)) / (amount @ around**2), 0, 1))

    wrong = audit.found - tuning * audit.called
    correction = _mean(wrong, audit)
    padded = found - tuning * called
    records = weight.sum()
    centre = np.average(padded, weights=amount)
    seen = np.average((wrong[audit.inside] - correction) ** 2, weights=weight)
    steadied = np.average((padded - centre) ** 2, weights=amount)
    variance = _variance(wrong, audit) + max(
        0.0,
        _simple_variance(steadied, amount.sum(), records, n) - _simple_variance(seen, mass, records, n),
    )
    unread = max(0.0, 1 - n / records)  # the added halves speak of the records that nobody audited
    centre = correction + unread * (centre - correction)
    half = stdtrit(n - 1, (1 + LEVEL) / 2) * np.sqrt(variance)
    low, high = np.clip(tuning * called_share + centre + np.array([-half, half]), 0, 1)
    share = float(np.clip(tuning * called_share + correction, low, high))
    return Share(share, Interval(float(low), float(high)))


def _mean(values: np.ndarray, audit: Audit) -> float:
    return float(np.average(values[audit.inside], weights=audit.weight[audit.inside]))


def _simple_variance(spread: float, n: float, records: float, drawn: float | None = None) -> float:
    """The variance of the mean of a simple draw, from the values' mean square about their mean."""
    return 0.0 if n <= 1 else max(0.0, 1 - (drawn or n) / records) * spread / (n - 1)


def _variance(values: np.ndarray, audit: Audit) -> float:
    """The variance of a group's weighted mean under a stratified draw without replacement, linearised.

    Särndal, Swensson and Wretman 1992, chapters 3 and 5. A stratum with one audited record shows no
    spread; such strata are taken together, and a single one with the smallest other, which on the whole
    overstates the variance (Cochran 1977, section 5A.12).
    """
    inside = np.where(audit.inside, audit.weight, 0.0)
    scores = np.where(audit.inside, values - _mean(values, audit), 0.0) / inside.sum()
    total = 0.0
    stratum = _paired(audit.stratum)
    for one in np.unique(stratum):
        here = stratum == one
        n, records = here.sum(), audit.weight[here].sum()
        if n > 1:
            total += records**2 * max(0.0, 1 - n / records) * scores[here].var(ddof=1) / n
    return float(total)


def _paired(stratum: np.ndarray) -> np.ndarray:
    """The strata, those with a single record taken together."""
    names, place, number = np.unique(stratum, return_inverse=True, return_counts=True)
    single = number == 1
    if single.sum() == 1 and len(names) > 1:
        single[np.where(single, np.inf, number).argmin()] = True
    return np.where(single[place], -1, place)
