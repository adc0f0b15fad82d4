"""Check many: choose a spreadsheet, say which of its columns is which, wait, and look at the worst first."""

from functools import partial
from itertools import chain
from math import ceil
from urllib.parse import urlencode

import anyio
import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from checker.codebook import PlanBand, ReflectionBand
from checker.page import apart
from checker.page.columns import TABLES
from checker.page.desk import Desk
from checker.page.forms import Outdated, Sent, read_form
from checker.page.jobs import Job
from checker.page.refused import Refused
from checker.page.upwards import plan_upwards, reflection_upwards
from checker.record import Assessment, Unreadable
from checker.report import csv_rows, html, xlsx
from checker.report.summary import Row
from checker.settings import Columns, Settings

ROWS_A_PAGE = 100

FILTERS = {"weak": ("yes", "no"), "reflection": tuple(ReflectionBand), "plan": tuple(PlanBand)}
"""What the table of results may be narrowed to, by the names in its address."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def choose_file(request: Request) -> Response:
    """The form for a spreadsheet."""
    return _desk(request).show(request, "many.html")


async def take_file(request: Request) -> Response:
    """Take a spreadsheet in hand and go on to its columns."""
    desk = _desk(request)
    try:
        sent = await read_form(request)
    except Outdated as no:
        return desk.show(request, "many.html", no.status, mistake=no.again)
    try:
        if sent.file is None:
            raise Refused(400, "Choose a file.")
        if sent.file.suffix.lower() not in TABLES:
            raise Refused(400, f"{sent.file.name} is no spreadsheet; save it as Excel (.xlsx) or CSV.")
        sheet = await desk.opened(partial(apart.sheet, sent.file))
        if isinstance(sheet, Unreadable):
            raise Refused(400, sheet.error.message)
        desk.jobs.take(request.state.person, sent.file, sheet)
    except Refused as no:
        return desk.show(request, "many.html", no.status, mistake=no.message)
    return RedirectResponse("/many/columns", 303)


async def choose_columns(request: Request) -> Response:
    """Which column is which: guessed, to be corrected."""
    job = _job(request)
    return _columns(request, job) if not job.started else RedirectResponse("/many/progress", 303)


def _columns(request: Request, job: Job, **more) -> Response:
    return _desk(request).show(request, "many_columns.html", more.pop("status", 200), job=job, **more)


async def start(request: Request) -> Response:
    """Begin to check."""
    desk = _desk(request)
    sent = await read_form(request)
    job = _job(request)
    if not job.started:
        try:
            settings = _settings(job, sent, desk.checker.settings)
            begin = partial(job.start, desk.checker, desk.turns, request.state.person, settings, sent.kind())
            await desk.opened(begin)
        except Refused as no:
            return _columns(request, job, status=no.status, mistake=no.message)
    return RedirectResponse("/many/progress", 303)


def _settings(job: Job, sent: Sent, usual: Settings) -> Settings:
    """The council's settings, with the columns as the person chose them."""
    names = {column.name for column in job.sheet.columns}
    text = tuple(name for name in sent.fields.get("text", ()) if name in names)
    if not text:
        raise Refused(400, "Choose at least one column that holds the words of the notes.")
    # A name that no table has: what was not chosen must not be found by its usual name.
    chosen = {field: sent.first(field) for field in ("id", "date", "record_type")}
    fields = {field: name if name in names else "\0" for field, name in chosen.items()}
    return msgspec.structs.replace(usual, columns=Columns(text=text, **fields), long_form=None)


async def progress(request: Request) -> Response:
    """How far it is."""
    job = _job(request)
    if not job.started:
        return RedirectResponse("/many/columns", 303)
    if job.finished:
        return RedirectResponse("/many/results", 303)
    return _desk(request).show(request, "many_progress.html", job=job)


async def how_far(request: Request) -> Response:
    """How far it is, for the progress bar."""
    job = _job(request)
    return JSONResponse({"done": job.done, "total": job.total, "finished": job.finished})


async def stop(request: Request) -> Response:
    """Check no further; what is done can be looked at."""
    await read_form(request)
    job = _job(request)
    job.stop()
    with anyio.move_on_after(10):  # for the rows in hand
        while job.started and not job.finished:
            await anyio.sleep(0.05)
    return RedirectResponse("/many/progress", 303)


async def here(request: Request) -> Response:
    """A page is still open, says its script when another was closed."""
    _desk(request).jobs.noticed(request.state.person)
    return Response(status_code=204)


async def leave(request: Request) -> Response:
    """A page was closed, says its script; the next page takes this back."""
    await read_form(request)
    _desk(request).jobs.leave(request.state.person)
    return Response(status_code=204)


async def forget(request: Request) -> Response:
    """Forget the spreadsheet and its results at once."""
    await read_form(request)
    _desk(request).jobs.drop(request.state.person)
    return RedirectResponse("/many", 303)


async def results(request: Request) -> Response:
    """The table, worst first."""
    job = await _finished(request)
    asked = {name: request.query_params.get(name) for name in FILTERS}
    chosen = {name: value for name, value in asked.items() if value in FILTERS[name]}
    rows = [row for row in job.summary.worst_first if _fits(row, chosen)]
    pages = max(1, ceil(len(rows) / ROWS_A_PAGE))
    said = request.query_params.get("page", "1")
    page = min(pages, max(1, int(said))) if said.isascii() and said.isdigit() and len(said) < 7 else 1
    return _desk(request).show(
        request,
        "many_results.html",
        job=job,
        summary=job.summary,
        chosen=chosen,
        filters=FILTERS,
        found=len(rows),
        rows=rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
        page=page,
        pages=pages,
        address=lambda page: "/many/results?" + urlencode(chosen | {"page": page}),
    )


def _fits(row: Row, chosen: dict[str, str]) -> bool:
    shown = {"weak": "yes" if row.weak else "no", "reflection": row.reflection, "plan": row.plan}
    return all(shown[name] == value for name, value in chosen.items())


async def record(request: Request) -> Response:
    """One record in full."""
    job = await _finished(request)
    number = request.path_params["number"]
    result = job.result(number)
    if not isinstance(result, Assessment):
        raise Refused(404, "There is no such record in this spreadsheet; go back to the table.")
    return _desk(request).show(
        request,
        "many_record.html",
        section=html.section(number, result),
        upwards=(reflection_upwards(result), plan_upwards(result)),
    )


async def as_xlsx(request: Request) -> Response:
    """The results as a workbook."""
    job = await _finished(request)
    return _download(Response(await anyio.to_thread.run_sync(xlsx.in_memory, job), media_type=_XLSX), "xlsx")


async def as_csv(request: Request) -> Response:
    """The results as CSV."""
    job = await _finished(request)
    lines = chain([csv_rows.HEADER], map(csv_rows.row, job))
    return _download(StreamingResponse(lines, media_type="text/csv"), "csv")


async def as_html(request: Request) -> Response:
    """The results as one page to keep."""
    job = await _finished(request)
    page = await anyio.to_thread.run_sync(html.page, job)
    page.enable_buffering(64)
    return _download(StreamingResponse(page, media_type="text/html"), "html")


def _download(response: Response, ending: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="checked.{ending}"'
    return response


def _desk(request: Request) -> Desk:
    return request.app.state.desk


def _job(request: Request) -> Job:
    return _desk(request).jobs.of(request.state.person)


async def _finished(request: Request) -> Job:
    """The person's spreadsheet with its summary made."""
    job = _job(request)
    if not job.finished:
        raise Refused(409, "The spreadsheet is still being checked; open “Check many” to see how far it is.")
    await anyio.to_thread.run_sync(lambda: job.summary)
    return job
