"""Measures of agreement, worked out from a table of counts: rows one reader's marks, columns the other's.

They take any number of tables at once, since an interval needs thousands. The library for alpha,
`krippendorff`, has a licence (GPL) that this package cannot pass on.
"""

from collections.abc import Callable

import msgspec
import numpy as np

FEWEST = 10
"""Notes below which no kappa or alpha is given: one note more or less would move it by too much."""

REPLICATES = 2000
"""Bootstrap draws; the ends of a 95% interval then rest on fifty draws each."""


class Measure(msgspec.Struct, frozen=True):
    """A figure with the limits of its 95% interval."""

    value: float
    low: float
    high: float


def tabulate(first: list[int], second: list[int], categories: int) -> np.ndarray:
    """Count pairs of marks.

    Parameters
    ----------
    first, second : list of int
        Each reader's mark of the same notes, as places in the list of categories.
    categories : int

    Returns
    -------
    ndarray of int, shape (categories, categories)
    """
    counts = np.zeros((categories, categories), dtype=int)
    np.add.at(counts, (first, second), 1)
    return counts


def kappa(counts: np.ndarray, in_order: bool) -> np.ndarray:
    """Cohen's kappa (1960); for categories in order with quadratic weights (Cohen 1968).

    Parameters
    ----------
    counts : ndarray, shape (..., k, k)
    in_order : bool

    Returns
    -------
    ndarray, shape (...)
        NaN where both readers gave one and the same mark throughout.
    """
    rank = np.arange(counts.shape[-1])
    apart = rank[:, None] - rank
    cost = apart**2 if in_order else apart != 0
    chance = counts.sum(-1)[..., :, None] * counts.sum(-2)[..., None, :]
    return 1 - _ratio((cost * counts).sum((-2, -1)) * counts.sum((-2, -1)), (cost * chance).sum((-2, -1)))


def alpha(counts: np.ndarray, in_order: bool) -> np.ndarray:
    """Krippendorff's alpha with the nominal or, for categories in order, the ordinal difference.

    ``1 - (n - 1) * sum(o * d) / sum(m * m' * d)`` over the coincidences ``o``, which are the counts and
    their transpose together, their margins ``m`` and the squared differences ``d``: 0 and 1, or for an
    ordinal pair the square of all marks from one to the other, those at the ends counting half
    (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).

    Parameters
    ----------
    counts : ndarray, shape (..., k, k)
    in_order : bool

    Returns
    -------
    ndarray, shape (...)
        NaN where all marks are the same.
    """
    together = counts + np.swapaxes(counts, -1, -2)
    margin = together.sum(-1)
    if in_order:
        middle = np.cumsum(margin, axis=-1) - margin / 2
        difference = (middle[..., :, None] - middle[..., None, :]) ** 2
    else:
        difference = 1 - np.eye(counts.shape[-1])
    observed = (together * difference).sum((-2, -1))
    expected = (margin[..., :, None] * margin[..., None, :] * difference).sum((-2, -1))
    return 1 - _ratio((margin.sum(-1) - 1) * observed, expected)


def with_interval(
    counts: np.ndarray, in_order: bool, measure: Callable[[np.ndarray, bool], np.ndarray], seed: int = 1
) -> Measure | None:
    """A measure with its percentile bootstrap interval (Efron 1979), the notes drawn anew each time.

    Drawing notes with replacement is drawing their pairs of marks from a multinomial distribution. A draw
    in which every mark is the same has no value, and is passed over.

    Parameters
    ----------
    counts : ndarray, shape (k, k)
    in_order : bool
    measure : callable
        `kappa` or `alpha`.
    seed : int

    Returns
    -------
    Measure or None
        None where the measure has no value.
    """
    value = float(measure(counts, in_order))
    if np.isnan(value):
        return None
    notes = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(notes, counts.ravel() / notes, size=REPLICATES)
    low, high = np.nanquantile(measure(drawn.reshape(-1, *counts.shape), in_order), (0.025, 0.975))
    return Measure(value, float(low), float(high))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(np.shape(below), np.nan), where=np.asarray(below) > 0)
