"""What a predictor said of labelled records, counted record by record, and the figures from it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from checker.checking import Checker
from checker.codebook import (
    REFLECTIVE,
    Element,
    Flag,
    Label,
    PlanBand,
    ReflectionBand,
)
from checker.judge import judge
from checker.label import Calibration, Labeller, ModelConfig, decide, expected_grade
from checker.record import Assessment, Labelling, Model, Record, Unit
from checker.segment import segment
from training import metrics
from training.corpus import GoldRecord
from training.train import targets

Scores = Callable[[Sequence[str]], np.ndarray]
"""From the texts of one record's units to a row of 33 scores a unit, as the network gives them."""


class Predictor(msgspec.Struct, frozen=True):
    """A model or a baseline: how it scores units, and how it assesses a record from the raw text."""

    name: str
    scores: Scores
    calibration: Calibration
    assess: Callable[[Iterable[Record]], Iterable[Assessment]]


class BandTally(msgspec.Struct, frozen=True):
    """Bands of `n` records, gold against predicted.

    Attributes
    ----------
    reflection : ndarray, shape (n, 5, 5)
    plan : ndarray, shape (n, 4, 4)
    weak : ndarray, shape (n, 2, 2)
    weak_gold, weak_probability : ndarray, shape (n,)
    bins : ndarray, shape (3, n, 10, 3)
        Calibration bins of reflection, plan and weak.
    """

    reflection: np.ndarray
    plan: np.ndarray
    weak: np.ndarray
    weak_gold: np.ndarray
    weak_probability: np.ndarray
    bins: np.ndarray


class Tally(msgspec.Struct, frozen=True):
    """Counts of `n` records, of one predictor.

    Attributes
    ----------
    label : ndarray, shape (n, 8, 8)
    flag : ndarray, shape (n, 6, 2, 2)
    element : ndarray, shape (n, 6, 3, 3)
        Over gold actions, whatever label was predicted.
    bins : ndarray, shape (3, n, 10, 3)
        Calibration bins of labels, flags and elements.
    bands, bands_given : BandTally
        From the raw text, and with the annotators' units given.
    """

    label: np.ndarray
    flag: np.ndarray
    element: np.ndarray
    bins: np.ndarray
    bands: BandTally
    bands_given: BandTally


def baseline(name: str, scores: Scores) -> Predictor:
    """Any scoring of units as a predictor, judged by the same codebook and segmentation."""
    calibration = Calibration()
    model = Model(name, "", "")

    def assess(records: Iterable[Record]) -> Iterator[Assessment]:
        for record in records:
            units = segment(record.text)
            labelling = decide(units, scores([unit.text for unit in units]), calibration)
            yield judge(record, labelling, model, calibration.bands)

    return Predictor(name, scores, calibration, assess)


def open_model(folder: str | Path) -> tuple[Predictor, ModelConfig]:
    """A model folder as a predictor, whose assessments are the checker's own.

    Raises
    ------
    checker.label.ModelError
        When the folder cannot be used.
    """
    labeller, checker = Labeller(folder), Checker(folder)
    config = labeller.config
    return Predictor(config.name, labeller.scores, config.calibration, checker.check_records), config


def as_record(gold: GoldRecord, text: str | None = None) -> Record:
    """A labelled record as the checker would read it, with its own text or another."""
    return Record(
        text=gold.text if text is None else text, id=gold.id, source="", record_type=gold.record_type
    )


def tally(records: Sequence[GoldRecord], predictor: Predictor) -> Tally:
    """Let a predictor read labelled records, and count.

    Parameters
    ----------
    records : sequence of GoldRecord, length n
    predictor : Predictor

    Returns
    -------
    Tally
    """
    found = [_unit_counts(record, predictor) for record in records]
    label, flag, element, bins, given = (list(column) for column in zip(*found, strict=True))
    whole = list(predictor.assess(as_record(record) for record in records))
    return Tally(
        np.stack(label),
        np.stack(flag),
        np.stack(element),
        np.stack(bins, axis=1),
        _band_tally(records, whole),
        _band_tally(records, given),
    )


def _unit_counts(record: GoldRecord, predictor: Predictor) -> tuple:
    units = [Unit(u.start, u.end, text, 0) for u, text in zip(record.units, record.unit_texts, strict=True)]
    calibration = predictor.calibration
    labelling = decide(units, predictor.scores(record.unit_texts), calibration)
    gold = targets(record.units)
    label = labelling.label.argmax(1)
    flagged = np.array([[f in unit.flags for f in Flag] for unit in labelling.units])
    action = gold["kind"] >= 0
    grades, graded = labelling.element[action], gold["element"][action]
    return (
        metrics.confusion(gold["label"], label, len(Label)),
        np.stack([metrics.confusion(gold["flag"][:, i], flagged[:, i], 2) for i in range(len(Flag))]),
        np.stack(
            [metrics.confusion(graded[:, i], expected_grade(grades[:, i]), 3) for i in range(len(Element))]
        ),
        _unit_bins(labelling, gold, grades, graded),
        judge(as_record(record), labelling, Model(predictor.name, "", ""), calibration.bands),
    )


def _unit_bins(labelling: Labelling, gold, grades: np.ndarray, graded: np.ndarray) -> np.ndarray:
    return np.stack(
        [
            metrics.calibration_bins(labelling.label.max(1), labelling.label.argmax(1) == gold["label"]),
            metrics.calibration_bins(labelling.flag.ravel(), gold["flag"].ravel() == 1),
            metrics.calibration_bins(grades.max(2).ravel(), (grades.argmax(2) == graded).ravel()),
        ]
    )


def _band_tally(records: Sequence[GoldRecord], assessed: Sequence[Assessment]) -> BandTally:
    reflection, plan = list(ReflectionBand), list(PlanBand)
    rows = []
    for record, assessment in zip(records, assessed, strict=True):
        seen, planned, odds = assessment.reflection, assessment.plan, assessment.weak_probability
        pair = np.array([reflection.index(record.reflection)]), np.array([reflection.index(seen.band)])
        plans = np.array([plan.index(record.plan)]), np.array([plan.index(planned.band)])
        sure = [seen.probabilities[seen.band], planned.probabilities[planned.band], odds]
        right = [record.reflection == seen.band, record.plan == planned.band, record.weak]
        rows.append(
            (
                metrics.confusion(*pair, len(reflection)),
                metrics.confusion(*plans, len(plan)),
                metrics.confusion(np.array([record.weak]), np.array([assessment.weak]), 2),
                record.weak,
                odds,
                np.stack(
                    [
                        metrics.calibration_bins(np.array([p]), np.array([t]))
                        for p, t in zip(sure, right, strict=True)
                    ]
                ),
            )
        )
    *counts, bins = (np.stack(column) for column in zip(*rows, strict=True))
    return BandTally(*counts, bins.swapaxes(0, 1))


def figures(counts: Tally, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Every figure of the evaluation, by name.

    Parameters
    ----------
    counts : Tally of n records
    weights : ndarray, shape (r, n)
        As `training.metrics.draws` gives them; zeros leave records out.

    Returns
    -------
    dict of str to ndarray, shape (r,)
        Names read from the whole to the part, such as ``label.fact.f1``.
    """

    def added(of: np.ndarray) -> np.ndarray:
        return np.tensordot(weights, of, axes=1)

    label, flag, element = added(counts.label), added(counts.flag), added(counts.element)
    named = {
        "label.macro_f1": metrics.macro_f1(label),
        "label.kappa": metrics.kappa(label),
        "label.accuracy": metrics.accuracy(label),
    }
    for name, figure in (("precision", metrics.precision), ("recall", metrics.recall), ("f1", metrics.f1)):
        named |= {f"label.{of}.{name}": column for of, column in zip(Label, figure(label).T, strict=True)}
    reflective = metrics.collapse(label, [list(Label).index(of) for of in REFLECTIVE])
    named["reflective.f1"] = metrics.f1(reflective)[:, 1]
    flags = metrics.f1(flag)[..., 1]
    named["flag.mean_f1"] = metrics.mean(flags)
    named |= {f"flag.{of}.f1": column for of, column in zip(Flag, flags.T, strict=True)}
    elements = metrics.kappa(element, quadratic=True)
    named["element.mean_kappa"] = metrics.mean(elements)
    named |= {f"element.{of}.kappa": column for of, column in zip(Element, elements.T, strict=True)}
    named |= _band_figures(counts.bands, weights)
    named |= {f"given.{name}": column for name, column in _band_figures(counts.bands_given, weights).items()}
    for name, bins in zip(("label", "flag", "element"), counts.bins, strict=True):
        named[f"calibration.{name}"] = metrics.calibration_error(added(bins))
    return named


def _band_figures(counts: BandTally, weights: np.ndarray) -> dict[str, np.ndarray]:
    def added(of: np.ndarray) -> np.ndarray:
        return np.tensordot(weights, of, axes=1)

    reflection, plan, weak = added(counts.reflection), added(counts.plan), added(counts.weak)
    named = {
        "reflection.kappa": metrics.kappa(reflection, quadratic=True),
        "reflection.accuracy": metrics.accuracy(reflection),
        "plan.kappa": metrics.kappa(plan, quadratic=True),
        "plan.accuracy": metrics.accuracy(plan),
        "weak.precision": metrics.precision(weak)[:, 1],
        "weak.recall": metrics.recall(weak)[:, 1],
        "weak.f1": metrics.f1(weak)[:, 1],
        "weak.auc": metrics.auc(counts.weak_gold, counts.weak_probability, weights),
    }
    for name, bins in zip(("reflection", "plan", "weak"), counts.bins, strict=True):
        named[f"calibration.{name}"] = metrics.calibration_error(added(bins))
    return named
