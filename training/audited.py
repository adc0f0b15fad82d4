"""A model measured on notes that auditors have judged: labels of whole records, which no model is trained on.

Training needs a label for every unit. An auditor's judgement of a whole record cannot teach these, but it
can tell whether a newly trained model comes nearer to what auditors say than the model before it did.
"""

from pathlib import Path

import msgspec

from checker.agreement import Agreement, compare_readers
from checker.agreement.labels import RecordLabel
from checker.checking import Checker
from checker.record import Record
from checker.sampling.design import Draw
from checker.worksheet import AuditedRecord, Judgement, tool_judgement
from training.corpus import CorpusError


def read_labels(path: str | Path) -> list[RecordLabel]:
    """Read the labels that `checker agree --to-labels` wrote.

    Parameters
    ----------
    path : path
        JSON lines, one record a line.

    Returns
    -------
    list of RecordLabel

    Raises
    ------
    CorpusError
        On the first malformed line, with its number and the reason, or where there is none.
    """
    labels = []
    for number, line in enumerate(Path(path).read_bytes().splitlines(), 1):
        try:
            labels.append(msgspec.json.decode(line, type=RecordLabel))
        except msgspec.MsgspecError as error:
            raise CorpusError(f"{path}, line {number}: {error}.") from None
    if not labels:
        raise CorpusError(f"{path} holds no label; write it with checker agree --to-labels.")
    return labels


def agreement(labels: list[RecordLabel], checker: Checker) -> Agreement:
    """How far a model agrees with the auditors, in the terms of `checker agree`.

    Parameters
    ----------
    labels : list of RecordLabel
    checker : Checker
        With the model to measure.

    Returns
    -------
    Agreement
    """
    notes = (Record(text=n.text, id=n.id, source="", record_type=n.record_type) for n in labels)
    judged = zip(labels, checker.check_records(notes), strict=True)
    return compare_readers([_audited(label, tool_judgement(assessment)) for label, assessment in judged])


def _audited(label: RecordLabel, tool: Judgement) -> AuditedRecord:
    return AuditedRecord(
        id=label.id,
        source="",
        record_type=label.record_type,
        stratum="",
        probability=1.0,
        draw=Draw.RANDOM,  # how the notes were drawn does not matter to agreement
        auditor=Judgement(
            reflection=label.reflection, plan=label.plan, weak=label.weak, criteria=label.criteria
        ),
        second=Judgement(),
        tool=tool,
        text=label.text,
    )
