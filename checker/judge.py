"""Labelled units to an assessment: the codebook's bands, and how sure they are.

The bands follow from the labels by the codebook's rules alone, so that every band can be explained by
the units quoted. Their probabilities come from the same rules: each unit's label is taken as an
independent draw from the model's calibrated probabilities, and the distribution of the record's
bands is computed. Two temperatures a band, fitted on development records, make up for what
independence leaves out: one of the units' probabilities before, one of the band's afterwards. When
every label is certain, the probabilities are those of the rules.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from math import erf, sqrt

import numpy as np

from checker.codebook import (
    EXPLORING,
    FORWARD,
    MINIMUM_WORDS,
    Element,
    Flag,
    Label,
    PlanBand,
    RecordType,
    ReflectionBand,
    is_weak,
    plan_band,
    reflection_band,
)
from checker.record import (
    Assessment,
    BandTemperatures,
    LabelledUnit,
    Labelling,
    Model,
    Plan,
    Record,
    Reflection,
)

_LABELS = list(Label)
_BANDS = list(ReflectionBand)
_ADMIN, _DECISION, _ACTION = (_LABELS.index(label) for label in (Label.ADMIN, Label.DECISION, Label.ACTION))
_RATIONALE = list(Flag).index(Flag.RATIONALE)
_WHO_DOES_WHAT_WHEN = [list(Element).index(e) for e in (Element.WHAT, Element.WHO, Element.WHEN)]


def judge(record: Record, labelling: Labelling, model: Model, temperatures: BandTemperatures) -> Assessment:
    """Assess one record by the codebook (sections 4 and 5).

    Parameters
    ----------
    record : Record
    labelling : Labelling
        The record's units and their probabilities.
    model : Model
        Whose labels these are; stamped on the assessment.
    temperatures : BandTemperatures

    Returns
    -------
    Assessment
        Without findings; `checker.rules.ask` adds them.
    """
    units = labelling.units
    words = [len(unit.text.split()) for unit in units]
    share = _share(units, words)
    actions = [unit.action for unit in units if unit.action]
    specific = sum(action.is_specific for action in actions)
    reflection = band_reflection(units)
    plan = plan_band(len(actions), specific)
    decisions = [unit.flags for unit in units if unit.label is Label.DECISION]

    reflecting = flatten(
        reflection_odds(temper(labelling, temperatures.reflection.units), words), temperatures.reflection.band
    )
    planning = flatten(plan_odds(temper(labelling, temperatures.plan.units)), temperatures.plan.band)
    weakness = flatten(
        weak_odds(record.record_type, temper(labelling, temperatures.weak.units), words),
        temperatures.weak.band,
    )
    return Assessment(
        id=record.id,
        source=record.source,
        record_type=record.record_type,
        model=model,
        reflection=Reflection(
            band=reflection,
            probabilities=dict(zip(ReflectionBand, reflecting, strict=True)),
            share=share,
        ),
        plan=Plan(
            band=plan,
            probabilities=dict(zip(PlanBand, planning, strict=True)),
            actions=len(actions),
            specific=specific,
        ),
        weak=is_weak(record.record_type, reflection, plan, decisions),
        weak_probability=weakness[1],
        units=units,
        findings=(),
        date=record.date,
        recorded=record.recorded,
        person=record.person,
        worker=record.worker,
        supervisor=record.supervisor,
        team=record.team,
        service=record.service,
        warnings=record.warnings,
    )


def band_reflection(units: Iterable[LabelledUnit], pasted: float = 0.0) -> ReflectionBand:
    """Band the reflection of labelled units (codebook 5).

    Parameters
    ----------
    units : iterable of LabelledUnit
        The whole record; of each unit only its label and text are looked at.
    pasted : float
        Share of the text pasted from another record, 0 to 1, as `checker.history` finds it: a record by
        itself does not show it.

    Returns
    -------
    ReflectionBand
    """
    units = list(units)
    authored = sum(len(unit.text.split()) for unit in units if unit.label is not Label.ADMIN)
    return reflection_band((unit.label for unit in units), authored, pasted)


def _share(units: tuple[LabelledUnit, ...], words: Sequence[int]) -> dict[Label, float]:
    """Each label's share of the words outside `admin` units."""
    total = {label: 0 for label in Label if label is not Label.ADMIN}
    for unit, n in zip(units, words, strict=True):
        if unit.label in total:
            total[unit.label] += n
    everything = sum(total.values()) or 1
    return {label: round(n / everything, 4) for label, n in total.items()}


@cache
def _reflection_machine() -> tuple[np.ndarray, np.ndarray]:
    """The small machine through which a record's reflection band is seen, unit by unit.

    A state is what the units so far have shown: exploring ones (0, 1, 2 or more), and whether any is
    reasoned, critical or forward-looking. What band a state means is asked of the codebook.

    Returns
    -------
    step : ndarray, shape (labels, states, states)
        Where each label leads from each state.
    band : ndarray, shape (states, bands)
        The band that each state means, one-hot.
    """
    states = list(product(range(3), *[(False, True)] * 3))
    step = np.zeros((len(_LABELS), len(states), len(states)))
    band = np.zeros((len(states), len(_BANDS)))
    for j, (exploring, reasoned, critical, forward) in enumerate(states):
        shown = (
            [Label.EXPLORATORY] * (exploring - critical)  # a critical unit is itself an exploring one
            + [Label.CRITICAL] * critical
            + [Label.REASONED] * reasoned
            + [Label.DECISION] * forward
        )
        band[j, _BANDS.index(reflection_band(shown, MINIMUM_WORDS))] = 1
        for i, label in enumerate(_LABELS):
            after = (
                min(2, exploring + (label in EXPLORING)),
                reasoned or label is Label.REASONED,
                critical or label is Label.CRITICAL,
                forward or label in FORWARD,
            )
            step[i, j, states.index(after)] = 1
    return step, band


def reflection_odds(labelling: Labelling, words: Sequence[int]) -> np.ndarray:
    """Probabilities of the reflection bands with each unit's label drawn on its own; shape (5,)."""
    step, band = _reflection_machine()
    seen = np.zeros(len(band))
    seen[0] = 1
    for move in np.tensordot(labelling.label, step, axes=1):
        seen = seen @ move
    # Words outside admin units are a sum over units; its normal approximation serves.
    written = 1 - labelling.label[:, _ADMIN]
    lengths = np.array(words, dtype=float)
    spread = sqrt(float(lengths**2 @ (written * (1 - written))) + 1e-9)
    short = 0.5 * (1 + erf((MINIMUM_WORDS - 0.5 - float(lengths @ written)) / (spread * sqrt(2))))
    odds = (1 - short) * (seen @ band)
    odds[_BANDS.index(ReflectionBand.NOT_SCORABLE)] += short
    return odds


@cache
def _plan_bands(most: int) -> np.ndarray:
    """The index of the plan band for (actions, specific ones) up to `most`, shape (most + 1, most + 1)."""
    bands = list(PlanBand)
    return np.array(
        [[bands.index(plan_band(n, min(good, n))) for good in range(most + 1)] for n in range(most + 1)]
    )


def plan_odds(labelling: Labelling) -> np.ndarray:
    """Probabilities of the plan bands with each unit drawn on its own; shape (4,)."""
    action = labelling.label[:, _ACTION]
    specific = labelling.element[:, _WHO_DOES_WHAT_WHEN, 2].prod(1)
    likely = action > 0.005  # the rest could not move the band, and long records have hundreds
    counts = np.zeros((likely.sum() + 1,) * 2)  # how many actions, how many of them specific
    counts[0, 0] = 1
    for p, good in zip(action[likely], specific[likely], strict=True):
        more = counts * (1 - p)
        more[1:, :] += counts[:-1, :] * p * (1 - good)
        more[1:, 1:] += counts[:-1, :-1] * p * good
        counts = more
    return np.bincount(_plan_bands(len(counts) - 1).ravel(), counts.ravel(), minlength=len(PlanBand))


def weak_odds(record_type: RecordType, labelling: Labelling, words: Sequence[int]) -> np.ndarray:
    """Probabilities that the record is sound and that it is weak; shape (2,)."""
    if record_type is RecordType.MANAGEMENT_OVERSIGHT:
        weak = float((1 - labelling.label[:, _DECISION] * labelling.flag[:, _RATIONALE]).prod())
    else:
        listing = reflection_odds(labelling, words)[_BANDS.index(ReflectionBand.LISTING)]
        poor = [band in (PlanBand.NONE, PlanBand.WEAK) for band in PlanBand]
        weak = 1 - (1 - listing) * (1 - plan_odds(labelling)[poor].sum())
    return np.array([1 - weak, weak])


def temper(labelling: Labelling, temperature: float) -> Labelling:
    """A labelling whose probabilities are taken to the power of 1/temperature and made to sum to 1."""

    def tempered(odds: np.ndarray) -> np.ndarray:
        powered = odds.clip(1e-12, 1).astype(float) ** (1 / temperature)
        return powered / powered.sum(-1, keepdims=True)

    flag = tempered(np.stack([labelling.flag, 1 - labelling.flag], -1))[..., 0]
    return Labelling(labelling.units, tempered(labelling.label), flag, tempered(labelling.element))


def flatten(odds: np.ndarray, temperature: float) -> list[float]:
    """Probabilities to the power of 1/temperature, made to sum to 1 and rounded."""
    flat = odds.clip(1e-6, 1) ** (1 / temperature)
    return [round(float(p), 4) for p in flat / flat.sum()]
