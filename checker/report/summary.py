"""Many results at a glance: how many are weak, the bands counted, and the records worst first."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from checker.codebook import PlanBand, RecordType, ReflectionBand
from checker.record import Assessment, Model, Unreadable

_REFLECTION_ORDER = {band: place for place, band in enumerate(ReflectionBand)}
_PLAN_ORDER = {band: place for place, band in enumerate(PlanBand)}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One record in the table, light enough to hold for every record of a long run.

    `number` counts the results from 1 in input order, those that could not be read included.
    """

    number: int
    id: str
    source: str
    date: dt.date | None
    record_type: RecordType
    weak: bool
    weak_probability: float
    reflection: ReflectionBand
    plan: PlanBand
    actions: int
    specific: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What `summarise` counts.

    Attributes
    ----------
    weak : int
        How many of the records are weak.
    reflection, plan : mapping of band to int
        How many records have each band; every band is there.
    worst_first : tuple of Row
        Weak before not weak, then the likelier weak, then the lower bands, then input order.
    unreadable : tuple of Unreadable
    models : tuple of Model
        Each model that spoke, once.
    """

    weak: int
    reflection: Mapping[ReflectionBand, int]
    plan: Mapping[PlanBand, int]
    worst_first: tuple[Row, ...]
    unreadable: tuple[Unreadable, ...]
    models: tuple[Model, ...]


def summarise(results: Iterable[Assessment | Unreadable]) -> Summary:
    """Read the results once and keep a light row of each.

    Parameters
    ----------
    results : iterable of Assessment or Unreadable
        In input order.

    Returns
    -------
    Summary
    """
    rows, unreadable, models = [], [], {}
    for number, result in enumerate(results, start=1):
        if isinstance(result, Unreadable):
            unreadable.append(result)
        else:
            rows.append(_row(number, result))
            models[result.model] = None
    reflection = Counter(row.reflection for row in rows)
    plan = Counter(row.plan for row in rows)
    return Summary(
        weak=sum(row.weak for row in rows),
        reflection={band: reflection[band] for band in ReflectionBand},
        plan={band: plan[band] for band in PlanBand},
        worst_first=tuple(sorted(rows, key=_badness)),
        unreadable=tuple(unreadable),
        models=tuple(models),
    )


def _row(number: int, assessment: Assessment) -> Row:
    return Row(
        number=number,
        id=assessment.id,
        source=assessment.source,
        date=assessment.date,
        record_type=assessment.record_type,
        weak=assessment.weak,
        weak_probability=assessment.weak_probability,
        reflection=assessment.reflection.band,
        plan=assessment.plan.band,
        actions=assessment.plan.actions,
        specific=assessment.plan.specific,
    )


def _badness(row: Row) -> tuple:
    return (not row.weak, -row.weak_probability, _REFLECTION_ORDER[row.reflection], _PLAN_ORDER[row.plan])
