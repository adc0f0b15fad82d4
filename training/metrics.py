"""Figures of agreement, and how sure they are.

Every figure is computed from counts that add up over records: confusion matrices (gold in rows,
predictions in columns) and calibration bins. So a bootstrap over records is one product of weights
and counts, and every function here takes any number of leading axes, one of them the replicates.
A figure that its counts leave undefined, such as the F1 of a label that nobody used, is NaN.
"""

import msgspec
import numpy as np
from scipy.stats import binomtest

REPLICATES = 2000
BINS = 10


class Estimate(msgspec.Struct, frozen=True):
    """A figure with its 95% interval; None where the counts leave it undefined, or were not drawn anew.

    >>> f"{Estimate(0.853, 0.821, 0.88)}"
    '0.85 (0.82–0.88)'
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        return f"{self.value:.2f}" + (f" ({self.low:.2f}–{self.high:.2f})" if self.low is not None else "")


def confusion(gold: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count gold against predicted classes.

    Parameters
    ----------
    gold, predicted : ndarray of int, shape (n,)
    classes : int

    Returns
    -------
    ndarray, shape (classes, classes)
        Gold in rows, predicted in columns.

    Examples
    --------
    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    pairs = np.asarray(gold, int) * classes + np.asarray(predicted, int)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def collapse(counts: np.ndarray, positive: list[int]) -> np.ndarray:
    """Counts of shape (..., k, k) with some classes taken together as the second of two; (..., 2, 2)."""
    group = np.zeros((2, counts.shape[-1]))
    group[0], group[1, positive] = 1, 1
    group[0, positive] = 0
    return group @ counts @ group.T


def precision(counts: np.ndarray) -> np.ndarray:
    """Share of each class's predictions that are right, shape (..., k)."""
    return _ratio(_hits(counts), counts.sum(-2))


def recall(counts: np.ndarray) -> np.ndarray:
    """Share of each class's gold units that are found, shape (..., k)."""
    return _ratio(_hits(counts), counts.sum(-1))


def f1(counts: np.ndarray) -> np.ndarray:
    """Harmonic mean of precision and recall of each class, shape (..., k)."""
    return _ratio(2 * _hits(counts), counts.sum(-2) + counts.sum(-1))


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Mean F1 over the classes that are used at all, shape (...)."""
    return mean(f1(counts))


def accuracy(counts: np.ndarray) -> np.ndarray:
    """Share of units predicted right, shape (...)."""
    return _ratio(_hits(counts).sum(-1), counts.sum((-2, -1)))


def kappa(counts: np.ndarray, quadratic: bool = False) -> np.ndarray:
    """Cohen's kappa, shape (...).

    Parameters
    ----------
    counts : ndarray, shape (..., k, k)
    quadratic : bool
        Weigh a disagreement by the square of its distance (Cohen 1968), for classes in order.
    """
    rank = np.arange(counts.shape[-1])
    apart = rank[:, None] - rank
    cost = apart**2 if quadratic else (apart != 0).astype(int)
    chance = counts.sum(-1)[..., :, None] * counts.sum(-2)[..., None, :]
    return 1 - _ratio((cost * counts).sum((-2, -1)) * counts.sum((-2, -1)), (cost * chance).sum((-2, -1)))


def auc(gold: np.ndarray, probability: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Area under the receiver operating curve.

    Parameters
    ----------
    gold : ndarray of bool, shape (n,)
    probability : ndarray, shape (n,)
    weights : ndarray, shape (..., n)
        How often each record counts.

    Returns
    -------
    ndarray, shape (...)
        The chance that a true record has the higher probability, ties counting half.
    """
    gold = np.asarray(gold, bool)
    true, false = probability[gold][:, None], probability[~gold]
    above = (true > false) + 0.5 * (true == false)
    w_true, w_false = weights[..., gold], weights[..., ~gold]
    return _ratio(((w_true @ above) * w_false).sum(-1), w_true.sum(-1) * w_false.sum(-1))


def calibration_bins(probability: np.ndarray, correct: np.ndarray) -> np.ndarray:
    """Sort predictions into ten bins of equal width.

    Parameters
    ----------
    probability : ndarray, shape (n,)
        What the model claims.
    correct : ndarray of bool, shape (n,)
        Whether it came true.

    Returns
    -------
    ndarray, shape (10, 3)
        Of each bin the number of predictions, the sum of their probabilities, and how many came true.
    """
    at = np.minimum((np.asarray(probability) * BINS).astype(int), BINS - 1)
    columns = (np.ones(len(at)), probability, np.asarray(correct, float))
    return np.stack([np.bincount(at, column, minlength=BINS) for column in columns], axis=1)


def calibration_error(bins: np.ndarray) -> np.ndarray:
    """Expected calibration error (Guo et al. 2017) of bins of shape (..., 10, 3); shape (...)."""
    return _ratio(np.abs(bins[..., 1] - bins[..., 2]).sum(-1), bins[..., 0].sum(-1))


def draws(records: int, replicates: int = REPLICATES, seed: int = 17) -> np.ndarray:
    """Bootstrap over records.

    Parameters
    ----------
    records, replicates, seed : int

    Returns
    -------
    ndarray, shape (1 + replicates, records)
        How often each record counts. The first row counts each once and so gives the figure itself;
        two models measured with the same rows are compared pair by pair.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(records, np.full(records, 1 / records), size=replicates)
    return np.vstack([np.ones(records, int), drawn])


def interval(values: np.ndarray) -> Estimate:
    """A figure and its percentile interval from shape (1 + replicates,), the figure itself first."""
    if np.isnan(values[0]):
        return Estimate()
    if len(values) == 1:
        return Estimate(float(values[0]))
    low, high = np.nanquantile(values, [0.025, 0.975])
    return Estimate(float(values[0]), float(low), float(high))


def proportion(count: int, of: int) -> Estimate:
    """A share and its Wilson interval, which is honest even when nothing was counted."""
    if not of:
        return Estimate()
    low, high = binomtest(count, of).proportion_ci(method="wilson")
    return Estimate(count / of, float(low), float(high))


def mean(values: np.ndarray) -> np.ndarray:
    """Mean over the last axis, undefined figures left out."""
    known = ~np.isnan(values)
    return _ratio(np.where(known, values, 0).sum(-1), known.sum(-1))


def _hits(counts: np.ndarray) -> np.ndarray:
    return np.diagonal(counts, axis1=-2, axis2=-1)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)
