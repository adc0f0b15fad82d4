"""From all records and an audit of some to every share: what `checker estimate` works out."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from checker.estimation.estimators import ENOUGH_AUDITED, Audit, audited_alone, prediction_powered
from checker.estimation.figures import (
    FEWEST_RECORDS,
    FEWEST_WORKERS,
    GROUPED_BY,
    Estimates,
    EstimationError,
    Figure,
    Group,
)
from checker.estimation.measures import MEASURES, WEAK, Measure
from checker.record import Model
from checker.report.words import count, legible
from checker.sampling import By, Draw, Frame
from checker.sampling.frame import grouped, is_known
from checker.worksheet import SHOWED_THE_TOOL, AuditedRecord, tool_judgement


def estimate(frame: Frame, audited: Sequence[AuditedRecord], by: By | None = None) -> Estimates:
    """Work out every share three ways, for all records and for each group of them.

    Parameters
    ----------
    frame : Frame
        The records that the audit was drawn from, as `checker.sampling.build_frame` takes them in.
    audited : sequence of AuditedRecord
        The filled worksheet. Only rows drawn at random count, and of them the first auditor's judgement.
    by : By, optional
        One of `GROUPED_BY`.

    Returns
    -------
    Estimates

    Raises
    ------
    EstimationError
        Where the worksheet holds no random draw or no judgement, or was drawn from other records, or
        the records do not say what they are to be grouped by.
    """
    if by not in (None, *GROUPED_BY):
        raise EstimationError("Shares are never worked out by worker: this is no way to compare people.")
    evidence = _Evidence(frame, audited)
    groups = evidence.groups(by) if by else ()
    if by and not groups:
        raise EstimationError(
            f"None of the records has a {by.words}: say in checker.toml, under [columns], what the export "
            "calls it, or leave out --by."
        )
    months = evidence.groups(By.MONTH)
    teams = evidence.groups(By.TEAM)
    team_months = evidence.groups(By.TEAM, By.MONTH, measures=(WEAK,)) if teams and months else ()
    return Estimates(
        overall=evidence.overall(),
        by=by,
        groups=groups,
        teams=teams,
        months=months,
        team_months=team_months,
        notes=evidence.notes(groups, by),
        models=tuple(evidence.models),
    )


class _Evidence:
    """The records with the tool's calls, and the audited ones with the auditor's, as arrays.

    Attributes
    ----------
    calls : numpy.ndarray of float, shape (records, measures)
    found : numpy.ndarray of float, shape (drawn, measures)
        Not a number where the auditor left it open.
    place : numpy.ndarray of int, shape (drawn,)
        Which record each drawn one is.
    weight : numpy.ndarray of float, shape (drawn,)
    stratum : numpy.ndarray of int, shape (drawn,)
    """

    def __init__(self, frame: Frame, audited: Sequence[AuditedRecord]):
        self.frame = frame
        self.others = sum(row.draw != Draw.RANDOM for row in audited)
        rows = [row for row in audited if row.draw == Draw.RANDOM]
        _check(rows, frame)
        self.place = _places(rows, frame)
        self.models: dict[Model, None] = {}
        self.calls = np.empty((len(frame.candidates), len(MEASURES)))
        for row, candidate in zip(self.calls, frame.candidates, strict=True):
            assessment = candidate.assessment
            self.models[assessment.model] = None
            judgement = tool_judgement(assessment)
            row[:] = [measure.holds(judgement) for measure in MEASURES]
        said = [[measure.holds(row.auditor) for measure in MEASURES] for row in rows]
        self.found = np.array(said, dtype=float)
        self.weight = np.array([1 / row.probability for row in rows])
        self.stratum = np.unique([row.stratum for row in rows], return_inverse=True)[1]
        self.revealed = any(row.revealed for row in rows)
        self.begun = sum(row.auditor.is_begun for row in rows)

    def overall(self) -> Group:
        """All records together."""
        everywhere = np.ones(len(self.calls), dtype=bool)
        return Group(
            names=(),
            records=len(self.calls),
            figures=tuple(self._figure(measure, everywhere) for measure in MEASURES),
        )

    def groups(self, *by: By, measures: Sequence[Measure] = MEASURES) -> tuple[Group, ...]:
        """The records by one thing or several; none where the records say nothing of one of them."""
        if not all(is_known(self.frame.candidates, part) for part in by):
            return ()
        members = grouped(self.frame.candidates, by)
        made = []
        for names in sorted(members, key=lambda names: [name.casefold() for name in names]):
            inside = np.zeros(len(self.calls), dtype=bool)
            inside[members[names]] = True
            figures = (
                tuple(self._figure(m, inside) for m in measures) if self._may_be_shown(members[names]) else ()
            )
            made.append(Group(names=names, records=len(members[names]), figures=figures))
        return tuple(made)

    def _may_be_shown(self, members: Sequence[int]) -> bool:
        named = (self.frame.candidates[place].worker for place in members)
        workers = {" ".join(worker.split()).casefold() for worker in named if worker}
        return len(members) >= FEWEST_RECORDS and (len(workers) >= FEWEST_WORKERS or not self.names_workers)

    @cached_property
    def names_workers(self) -> bool:
        """Whether any record says whose it is."""
        return any(candidate.worker for candidate in self.frame.candidates)

    def _figure(self, measure: Measure, inside: np.ndarray) -> Figure:
        column = MEASURES.index(measure)
        judged = ~np.isnan(self.found[:, column])
        audit = Audit(
            found=self.found[judged, column],
            called=self.calls[self.place[judged], column],
            weight=self._weight(judged),
            stratum=self.stratum[judged],
            inside=inside[self.place[judged]],
        )
        tool = float(self.calls[inside, column].mean())
        return Figure(
            measure=measure,
            audited=audit.size,
            alone=audited_alone(audit, int(inside.sum())) if audit.size else None,
            powered=prediction_powered(audit, tool) if audit.size >= ENOUGH_AUDITED else None,
            tool=tool,
        )

    def _weight(self, judged: np.ndarray) -> np.ndarray:
        """What each judged record stands for; those of a stratum stand for its records not judged as well."""
        drawn = np.bincount(self.stratum, self.weight)
        kept = np.bincount(self.stratum, self.weight * judged)
        return (self.weight * (drawn / np.where(kept, kept, 1))[self.stratum])[judged]

    def notes(self, groups: Sequence[Group], by: By | None) -> tuple[str, ...]:
        """What a reader must know."""
        drawn, records = len(self.place), len(self.calls)
        said = [f"{count(drawn, 'record')} of {records:,} drawn at random, {self.begun:,} judged."]
        if self.begun < drawn:
            said.append("Those not judged are taken to be like the others they were drawn with.")
        if self.revealed:
            said.append(SHOWED_THE_TOOL)
        if self.others:
            said.append(f"{count(self.others, 'row')} of a risk list took no part: no share rests on them.")
        stood_for = round(self.weight.sum())
        if stood_for != records:
            said.append(
                f"The worksheet was drawn from {count(stood_for, 'record')}, but {records:,} were given: the "
                "shares hold only if the others are like those. Give the records, and --leave-out, that "
                "checker sample was given."
            )
        if self.frame.unreadable:
            said.append(f"{count(len(self.frame.unreadable), 'input')} could not be read.")
        if hidden := sum(not group.is_shown for group in groups):
            said.append(
                f"{count(hidden, by.words)} not shown: fewer than {FEWEST_RECORDS} records or "
                f"{FEWEST_WORKERS} workers."
            )
        if groups and not self.names_workers:
            said.append(
                f"The records name no worker, so groups of fewer than {FEWEST_WORKERS} workers could not be "
                "told; do not pass their figures on."
            )
        return tuple(said)


def _check(rows: Sequence[AuditedRecord], frame: Frame) -> None:
    if not rows:
        raise EstimationError(
            "The worksheet holds a risk list and no random draw, so no share can be worked out from it; "
            "draw one with checker sample --size."
        )
    if not any(row.auditor.is_begun for row in rows):
        raise EstimationError("Nothing in the worksheet has been judged yet; fill in its sheet Audit first.")
    if not frame.candidates:
        why = (
            frame.unreadable[0].error.message
            if frame.unreadable
            else "the input is empty or wholly left out."
        )
        raise EstimationError(f"There is no record to work out shares of: {why}")


def _places(rows: Sequence[AuditedRecord], frame: Frame) -> np.ndarray:
    """Which record each row is: by id and source, or by id alone where the records lie elsewhere by now."""
    exact = {(candidate.id, candidate.source): n for n, candidate in enumerate(frame.candidates)}
    often = Counter(candidate.id for candidate in frame.candidates)
    alone = {candidate.id: n for n, candidate in enumerate(frame.candidates) if often[candidate.id] == 1}
    places = [exact.get((row.id, row.source), alone.get(row.id)) for row in rows]
    if missing := [row.id for row, place in zip(rows, places, strict=True) if place is None]:
        raise EstimationError(
            f"{len(missing):,} of the {count(len(rows), 'audited record')} are not among the records given, "
            f"such as “{legible(missing[0])}”; give the records that checker sample drew from."
        )
    return np.array(places)
