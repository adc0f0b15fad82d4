"""Audited judgements as labels of whole records, for the training pipeline to measure a model on."""

from collections.abc import Mapping, Sequence

import msgspec

from checker.codebook import Flag, PlanBand, RecordType, ReflectionBand
from checker.worksheet import AuditedRecord, Judgement


class RecordLabel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an auditor says of a record as a whole: one line of the file.

    Attributes
    ----------
    id, text : str
    record_type : RecordType
    reflection : ReflectionBand
    plan : PlanBand
    weak : bool
    criteria : mapping of Flag to bool
        Those that were marked.
    """

    id: str
    text: str
    record_type: RecordType
    reflection: ReflectionBand
    plan: PlanBand
    weak: bool
    criteria: Mapping[Flag, bool] = {}


class Labels(msgspec.Struct, frozen=True):
    """The labels, and how many notes gave none: not wholly marked, or marked differently by two auditors."""

    labels: tuple[RecordLabel, ...]
    unfinished: int
    disputed: int


def record_labels(records: Sequence[AuditedRecord]) -> Labels:
    """Take the notes on which an auditor is finished and no second one differs.

    Parameters
    ----------
    records : sequence of AuditedRecord

    Returns
    -------
    Labels
    """
    labels, unfinished, disputed = [], 0, 0
    for record in records:
        one, two = record.auditor, record.second
        if None in (one.reflection, one.plan, one.weak):
            unfinished += 1
        elif _differ(one, two):
            disputed += 1
        else:
            labels.append(
                RecordLabel(
                    id=record.id,
                    text=record.text,
                    record_type=record.record_type,
                    reflection=one.reflection,
                    plan=one.plan,
                    weak=one.weak,
                    criteria={
                        flag: shown
                        for flag, shown in one.criteria.items()
                        if two.criteria.get(flag, shown) == shown
                    },
                )
            )
    return Labels(tuple(labels), unfinished, disputed)


def _differ(one: Judgement, two: Judgement) -> bool:
    pairs = ((one.reflection, two.reflection), (one.plan, two.plan), (one.weak, two.weak))
    return any(b is not None and a != b for a, b in pairs)
