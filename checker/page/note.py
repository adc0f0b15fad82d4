"""Check a note: paste it or choose a file, read what it shows, edit it in place and check again."""

from functools import partial

import anyio
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from checker.page import apart
from checker.page.changes import changes, outcome, written
from checker.page.columns import TABLES
from checker.page.desk import Desk
from checker.page.forms import Outdated, Sent, read_form
from checker.page.lengths import bounded
from checker.page.refused import Refused
from checker.page.upwards import plan_upwards, reflection_upwards
from checker.read import read_file
from checker.read.held import HeldFile
from checker.record import Record, Unreadable
from checker.report import html
from checker.settings import Settings

NOTES = (".docx", ".pdf", ".txt", ".md", ".html", ".htm", ".rtf", ".eml")
"""Endings of the files that hold one note."""


async def empty(request: Request) -> Response:
    """The form alone."""
    return request.app.state.desk.show(request, "note.html")


async def check(request: Request) -> Response:
    """What a note shows, with the note in a form to edit it."""
    desk: Desk = request.app.state.desk
    try:
        sent = await read_form(request)
    except Outdated as no:
        return _given_back(request, no.sent, no.status, no.again)
    try:
        record = await _record(desk, sent)
        assessment = await desk.check(request.state.person, record)
    except Refused as no:
        return _given_back(request, sent, no.status, no.message)
    shown = partial(
        desk.show,
        request,
        "note_checked.html",
        section=html.section(1, assessment),
        note=untouched(record.text),
        kind=record.record_type,
        upwards=(reflection_upwards(assessment), plan_upwards(assessment)),
        changes=changes(sent.first("before"), assessment),
        before=written(outcome(assessment)),
    )
    return await anyio.to_thread.run_sync(shown)  # a long one takes a while to write


async def report(request: Request) -> Response:
    """The note as it stands in the form, checked, as an HTML file to keep."""
    desk: Desk = request.app.state.desk
    try:
        sent = await read_form(request)
    except Outdated as no:
        return _given_back(request, no.sent, no.status, no.again)
    try:
        assessment = await desk.check(request.state.person, await _record(desk, sent))
    except Refused as no:
        return _given_back(request, sent, no.status, no.message)
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in assessment.id)
    return Response(
        "".join(html.page([assessment])),
        media_type="text/html",
        headers={"Content-Disposition": f'attachment; filename="checked-{name}.html"'},
    )


def _given_back(request: Request, sent: Sent, status: int, mistake: str) -> Response:
    """The form with what was sent in it, and why nothing came of it."""
    return request.app.state.desk.show(
        request,
        "note.html",
        status,
        mistake=mistake,
        note=untouched(sent.first("note")),
        kind=sent.kind(),
        before=sent.first("before"),
        name=sent.first("name"),
    )


def untouched(text: str) -> Markup:
    """A note for its text box, lines and all: elsewhere a page makes outside text one legible line."""
    return escape(text)


async def _record(desk: Desk, sent: Sent) -> Record:
    """The note that was sent, as a file or as text."""
    kind = sent.kind()
    if sent.file:
        ending = sent.file.suffix.lower()
        if ending in TABLES:
            raise Refused(400, f"{sent.file.name} is a table; open “Check many” for it.")
        if ending not in NOTES:
            raise Refused(
                400, f"{sent.file.name} cannot be read; save the note as Word (.docx), PDF or text."
            )
        *_, found = await desk.opened(lambda: list(apart.records(sent.file, Settings(), kind)))
    else:
        words = sent.first("note").replace("\r\n", "\n")
        if not words.strip():
            raise Refused(400, "Paste a note, or choose a file.")
        typed = HeldFile("The note.txt", words.encode("utf-8", "replace"))
        found = next(read_file(typed, Settings(), kind))
        if isinstance(found, Record):
            name = sent.first("name")[:120] or "note"
            found = Record(text=found.text, id=name, source="The note", record_type=kind)
    found = bounded(found)
    if isinstance(found, Unreadable):
        raise Refused(400, found.error.message)
    return found
