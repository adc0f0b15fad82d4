"""Scores to honest probabilities: temperatures, slopes and thresholds fitted on development records."""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

from checker.codebook import Element, Flag, Label, PlanBand, ReflectionBand
from checker.judge import flatten, plan_odds, reflection_odds, temper, weak_odds
from checker.label import ELEMENT_SCORES, FLAG_SCORES, LABEL_SCORES, Calibration, decide
from checker.record import BandTemperatures, Temperatures, Unit
from training.corpus import GoldRecord
from training.train import targets


def calibrate(records: Sequence[GoldRecord], scores: Sequence[np.ndarray]) -> Calibration:
    """Fit a calibration.

    Labels and elements are softened by a temperature each (Guo et al. 2017), flags by a logistic curve
    (Platt 1999); a flag's threshold is the one of best F1. Each band's temperatures are fitted last, on
    the probabilities that the calibrated units give.

    Parameters
    ----------
    records : sequence of GoldRecord
        Development records.
    scores : sequence of ndarray
        The network's scores of each record's units, shape (units, 33) each.

    Returns
    -------
    Calibration
    """
    gold = [targets(record.units) for record in records]
    label = np.concatenate([g["label"] for g in gold])
    flag = np.concatenate([g["flag"] for g in gold])
    element = np.concatenate([g["element"] for g in gold])
    every = np.concatenate(scores)
    action = label == list(Label).index(Label.ACTION)
    grades = every[:, ELEMENT_SCORES].reshape(-1, 6, 3)

    slopes, thresholds = {}, {}
    for i, name in enumerate(Flag):
        slopes[name], thresholds[name] = _flag(every[:, FLAG_SCORES][:, i], flag[:, i])
    fitted = Calibration(
        label=_temperature(every[:, LABEL_SCORES], label),
        flag=slopes,
        flag_threshold=thresholds,
        element={name: _temperature(grades[action, i], element[action, i]) for i, name in enumerate(Element)},
    )
    return replace(fitted, bands=_bands(records, scores, fitted))


def _temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """The temperature that makes the truth most probable, from scores of shape (n, classes)."""

    def surprise(log_temperature: float) -> float:
        heated = scores / np.exp(log_temperature)
        heated = heated - np.log(np.exp(heated).sum(1, keepdims=True))
        return -heated[np.arange(len(truth)), truth].mean()

    return float(np.exp(minimize_scalar(surprise, bounds=(-2, 2), method="bounded").x))


def _flag(scores: np.ndarray, truth: np.ndarray) -> tuple[tuple[float, float], float]:
    """A flag's slope and intercept, and its threshold of best F1."""
    if truth.min() == truth.max():  # a flag that development records never, or always, carry
        return (1.0, 0.0), 0.5
    curve = LogisticRegression(C=100.0).fit(scores[:, None], truth)
    slope, intercept = max(float(curve.coef_[0, 0]), 1e-3), float(curve.intercept_[0])
    precision, recall, thresholds = precision_recall_curve(
        truth, 1 / (1 + np.exp(-scores * slope - intercept))
    )
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return (slope, intercept), float(thresholds[f1[:-1].argmax()])


def _bands(
    records: Sequence[GoldRecord], scores: Sequence[np.ndarray], units: Calibration
) -> BandTemperatures:
    found = []
    for record, of_units in zip(records, scores, strict=True):
        spans = [
            Unit(u.start, u.end, text, 0) for u, text in zip(record.units, record.unit_texts, strict=True)
        ]
        found.append((decide(spans, of_units, units), [len(unit.text.split()) for unit in spans]))

    def fitted(odds, truth: Sequence[int]) -> Temperatures:
        """The pair that makes the truth most probable: the best band temperature for each of the units'."""
        pairs = []
        for of_units in np.geomspace(0.1, 1.5, 12):
            chances = [odds(i, temper(found[i][0], of_units), found[i][1]) for i in range(len(found))]
            of_band, surprise = _band_temperature(chances, truth)
            pairs.append((surprise, Temperatures(units=float(of_units), band=of_band)))
        return min(pairs, key=lambda pair: pair[0])[1]

    return BandTemperatures(
        reflection=fitted(
            lambda i, labelling, words: reflection_odds(labelling, words),
            [list(ReflectionBand).index(r.reflection) for r in records],
        ),
        plan=fitted(
            lambda i, labelling, words: plan_odds(labelling), [list(PlanBand).index(r.plan) for r in records]
        ),
        weak=fitted(
            lambda i, labelling, words: weak_odds(records[i].record_type, labelling, words),
            [int(r.weak) for r in records],
        ),
    )


def _band_temperature(odds: Sequence[np.ndarray], truth: Sequence[int]) -> tuple[float, float]:
    """The band's best temperature, and the mean surprise that it leaves."""

    def surprise(log_temperature: float) -> float:
        chances = (
            flatten(each, np.exp(log_temperature))[true] for each, true in zip(odds, truth, strict=True)
        )
        return -np.mean(np.log(np.maximum(list(chances), 1e-4)))

    best = minimize_scalar(surprise, bounds=(-1, 2.5), method="bounded")
    return float(np.exp(best.x)), float(best.fun)
