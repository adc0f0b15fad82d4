"""Practice in reflective writing: label a note unit by unit, rewrite a weak one, compare a weak and a good one.

What a learner answers travels with the form and is kept nowhere.
"""

from starlette.requests import Request
from starlette.responses import Response

from checker import practice as material
from checker.codebook import FORWARD, Label, ReflectionBand
from checker.page.changes import since
from checker.page.desk import Desk
from checker.page.forms import Outdated, read_form
from checker.page.lengths import bounded
from checker.page.note import untouched
from checker.page.refused import Refused
from checker.practice import Difficulty, Exercise, Pair, Service
from checker.practice.marking import ASKED, WHOSE_READINGS, Mark, asked, often_mistaken, score
from checker.record import Assessment, Record, Unreadable
from checker.report import html


async def contents(request: Request) -> Response:
    """What there is to practise on."""
    return _desk(request).show(
        request,
        "practice.html",
        pairs={service: [p for p in material.pairs() if p.service is service] for service in Service},
        exercises={level: [e for e in material.exercises() if e.difficulty is level] for level in Difficulty},
    )


async def pair(request: Request) -> Response:
    """A weak and a good record of one case, with notes in the margin."""
    found = _called(request, Pair)
    sides = {"The weak record": found.weak, "The good record": found.good}
    return _desk(request).show(request, "practice_pair.html", pair=found, sides=sides)


async def spot(request: Request) -> Response:
    """A note to label, from its first unit on."""
    return _spot(request, _called(request, Exercise), [])


async def answer(request: Request) -> Response:
    """What the last answer was worth, and the next unit."""
    outdated = None
    try:
        sent = await read_form(request)
    except Outdated as no:
        outdated, sent = no, no.sent
    exercise = _called(request, Exercise)
    given = [_label(said) for said in sent.first("answers").split()]
    answer = _label(sent.first("answer"))
    if None in given or len(given) >= len(asked(exercise.note)):
        raise Refused(400, "These answers do not belong to this note; begin again under “Practice”.")
    if outdated:
        return _spot(request, exercise, given, outdated.status, mistake=outdated.again, chosen=answer)
    if answer is None:
        return _spot(request, exercise, given, 400, mistake="Choose a label.")
    return _spot(request, exercise, [*given, answer])


def _spot(request: Request, exercise: Exercise, answers: list[Label], status: int = 200, **more) -> Response:
    units = asked(exercise.note)
    marks = [Mark(unit, answer) for unit, answer in zip(units, answers, strict=False)]
    return _desk(request).show(
        request,
        "practice_spot.html",
        status,
        exercise=exercise,
        answers=" ".join(answers),
        marks=marks,
        units=units,
        choices=ASKED,
        score=score(marks),
        often_mistaken=often_mistaken(exercise.note),
        whose_readings=WHOSE_READINGS,
        **more,
    )


def _label(said: str) -> Label | None:
    return next((label for label in ASKED if label == said), None)


async def rewrite(request: Request) -> Response:
    """A weak note to rewrite."""
    found = _called(request, Pair)
    before = await _checked(request, found, found.weak.text)
    return _better(request, found, before, found.weak.text)


async def rewritten(request: Request) -> Response:
    """Before and after side by side: what is answered, what remains."""
    try:
        sent = await read_form(request)
    except Outdated as no:
        found, text = _called(request, Pair), no.sent.first("note")
        return _better(request, found, None, text, status=no.status, mistake=no.again)
    found = _called(request, Pair)
    text = sent.first("note").replace("\r\n", "\n")
    try:
        before = await _checked(request, found, found.weak.text)
        after = await _checked(request, found, text)
    except Refused as no:
        return _better(request, found, None, text, status=no.status, mistake=no.message)
    return _better(request, found, before, text, after)


def _better(
    request: Request,
    pair: Pair,
    before: Assessment | None,
    text: str,
    after: Assessment | None = None,
    status: int = 200,
    **more,
) -> Response:
    return _desk(request).show(
        request,
        "practice_better.html",
        status,
        pair=pair,
        before=html.section(1, before) if before else None,
        after=html.section(2, after) if after else None,
        changes=since(before, after) if after else None,
        padded=_padded(before, after) if after else 0,
        note=untouched(text),
        **more,
    )


def _padded(before: Assessment, after: Assessment) -> int:
    """How many words outside the plan were added without the reflection band moving up; 0 where it moved or few were."""
    bands = list(ReflectionBand)
    more = _thinking(after) - _thinking(before)
    moved = bands.index(after.reflection.band) > bands.index(before.reflection.band)
    return more if more >= 10 and not moved else 0


def _thinking(assessment: Assessment) -> int:
    """Words of all units but actions and decisions."""
    return sum(len(unit.text.split()) for unit in assessment.units if unit.label not in FORWARD)


async def _checked(request: Request, pair: Pair, text: str) -> Assessment:
    kind = pair.weak.assessment.record_type
    record = bounded(Record(text=text, id=pair.name, source="Your version", record_type=kind))
    if isinstance(record, Unreadable):
        raise Refused(400, record.error.message)
    return await _desk(request).check(request.state.person, record)


def _called(request: Request, kind: type[Pair] | type[Exercise]) -> Pair | Exercise:
    try:
        found = material.called(request.path_params["name"])
    except ValueError:
        found = None
    if not isinstance(found, kind):
        raise Refused(404, "There is no such practice; choose one under “Practice”.")
    return found


def _desk(request: Request) -> Desk:
    return request.app.state.desk
