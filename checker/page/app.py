"""The pages and the guard, joined into one application."""

from pathlib import Path

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from checker.checking import Checker, default_model
from checker.page import many, note, practice, reference
from checker.page.desk import HERE, Desk
from checker.page.forms import Outdated, Sent, read_form
from checker.page.guard import STATIC, Door, Guard
from checker.page.refused import FAULT, Refused
from checker.report import html

_SENTENCES = {
    404: "There is no such page; choose one above.",
    405: "That page cannot be asked for in this way; choose one above.",
}

_SIGNED_OUT = "You were signed out, so nothing was done yet; give the password to go on."

ROUTES = (
    Route("/", note.empty),
    Route("/note", note.check, methods=["POST"]),
    Route("/note", note.empty),
    Route("/note/report", note.report, methods=["POST"]),
    Route("/note/report", note.empty),
    Route("/many", many.choose_file),
    Route("/many/file", many.take_file, methods=["POST"]),
    Route("/many/file", many.choose_file),
    Route("/many/columns", many.choose_columns),
    Route("/many/start", many.start, methods=["POST"]),
    Route("/many/start", many.choose_columns),
    Route("/many/progress", many.progress),
    Route("/many/how-far", many.how_far),
    Route("/many/stop", many.stop, methods=["POST"]),
    Route("/many/results", many.results),
    Route("/many/results/{number:int}", many.record),
    Route("/many/checked.xlsx", many.as_xlsx),
    Route("/many/checked.csv", many.as_csv),
    Route("/many/checked.html", many.as_html),
    Route("/many/here", many.here),
    Route("/many/leave", many.leave, methods=["POST"]),
    Route("/many/forget", many.forget, methods=["POST"]),
    Route("/practice", practice.contents),
    Route("/practice/pairs/{name}", practice.pair),
    Route("/practice/spot/{name}", practice.spot),
    Route("/practice/spot/{name}", practice.answer, methods=["POST"]),
    Route("/practice/better/{name}", practice.rewrite),
    Route("/practice/better/{name}", practice.rewritten, methods=["POST"]),
    Route("/codebook", reference.codebook),
    Route("/rules", reference.rules),
    Route("/about", reference.about),
    Route("/about/figures/{name}", reference.figure),
)
"""Every page; all that changes anything is a POST. Where a POST answers with a page, its address can be asked for, too."""


def _takes_forms(path: str) -> bool:
    return any("POST" in route.methods and route.path_regex.fullmatch(path) for route in ROUTES)


def application(checker: Checker, door: Door, model: Path | None = None) -> ASGIApp:
    """The whole page, for an ASGI server.

    Parameters
    ----------
    checker : Checker
    door : Door
        Who may come in.
    model : pathlib.Path, optional
        The checker's model folder, where it is not the one that ships with the package.

    Returns
    -------
    ASGI application
    """
    desk = Desk(checker, model or default_model(), bool(door.password))
    parts = HERE.parent / "report" / html.PARTS_CSS

    async def say_no(request: Request, error: Exception) -> Response:
        if isinstance(error, Refused):
            return desk.say_no(error.status, error.message)
        if isinstance(error, HTTPException):
            sentence = _SENTENCES.get(error.status_code, "That cannot be done here; choose a page above.")
            return desk.say_no(error.status_code, sentence)
        return desk.say_no(500, FAULT)

    async def parts_css(request: Request) -> Response:
        return FileResponse(parts)

    async def enter(request: Request) -> Response:
        if request.method == "GET":
            return desk.show(request, "enter.html", typed={})
        try:
            sent = await read_form(request)
        except Outdated as no:
            return ask(request, no.sent, Refused(no.status, _SIGNED_OUT))
        try:
            await anyio.to_thread.run_sync(guard.enter, request.scope["state"], sent.first("password"))
        except Refused as no:
            return ask(request, sent, no)
        wanted = sent.first("wanted")
        # Sent on to where it was meant for, under a token of before: given back there, and not yet done.
        return RedirectResponse(wanted, 307) if _takes_forms(wanted) else RedirectResponse("/", 303)

    def ask(request: Request, sent: Sent, no: Refused) -> Response:
        typed = {name: note.untouched(value) for name, value in sent.typed.items()}
        wanted = getattr(request.state, "wanted", sent.first("wanted"))
        if typed and _takes_forms(wanted):
            typed["wanted"] = wanted
        return desk.show(request, "enter.html", no.status, mistake=no.message, typed=typed)

    async def leave(request: Request) -> Response:
        await read_form(request)
        guard.leave(request.state.visitor)
        return RedirectResponse("/", 303)

    routes = [
        *ROUTES,
        Route(f"{STATIC}{html.PARTS_CSS}", parts_css),
        Mount(STATIC, StaticFiles(directory=HERE / "static")),
    ]
    if door.password:
        routes += [Route("/enter", enter, methods=["GET", "POST"]), Route("/leave", leave, methods=["POST"])]
    app = Starlette(
        routes=routes, exception_handlers={Refused: say_no, HTTPException: say_no, Exception: say_no}
    )
    app.state.desk = desk
    guard = Guard(app, door, desk.say_no)
    return guard
