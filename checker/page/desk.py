"""What the pages share: the checker, the queue, and how a page is made."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse

from checker.checking import Checker
from checker.codebook import LABEL_IS_NOT, RecordType
from checker.page.jobs import Jobs
from checker.page.refused import Refused
from checker.page.turns import Busy, Turns
from checker.record import Assessment, Record
from checker.report import html

HERE = Path(__file__).parent

MOST_READ_AT_A_TIME = 4
"""Uploads that are opened at a time, each in a process of its own."""

NAVIGATION = (
    ("/", "Check a note"),
    ("/many", "Check many"),
    ("/practice", "Practice"),
    ("/codebook", "Codebook"),
    ("/rules", "Rules"),
    ("/about", "About"),
)

T = TypeVar("T")


class Desk:
    """The checker, the queue, the spreadsheets in hand, and the templates.

    Parameters
    ----------
    checker : Checker
    model_folder : pathlib.Path
        Where the model's card lies.
    has_password : bool
        Whether people came in with a password, and so can sign out.
    """

    def __init__(self, checker: Checker, model_folder: Path, has_password: bool):
        self.checker = checker
        self.model_folder = model_folder
        self.turns = Turns(checker.jobs)
        self.jobs = Jobs()
        self._opening = anyio.CapacityLimiter(MOST_READ_AT_A_TIME)
        self._templates = html.environment(HERE / "templates", HERE.parent / "practice")
        self._templates.globals.update(
            has_password=has_password,
            label_is_not=LABEL_IS_NOT,
            navigation=NAVIGATION,
            record_types=list(RecordType),
        )

    async def check(self, person: str, record: Record) -> Assessment:
        """Check one note when its turn comes; `Refused` where too much is waiting."""
        try:
            turn = self.turns.single(person, lambda: self.checker.check_record(record))
        except Busy:
            raise Refused(
                503, "Many notes are being checked at this moment; try again in a minute."
            ) from None
        return await asyncio.wrap_future(turn)

    async def opened(self, open_file: Callable[[], T]) -> T:
        """Open an upload on a thread, a few at a time."""
        return await anyio.to_thread.run_sync(open_file, limiter=self._opening)

    def show(self, request: Request, template: str, status: int = 200, **words: Any) -> HTMLResponse:
        """A page."""
        page = self._templates.get_template(template).render(
            path=request.url.path,
            token=request.state.token,
            in_hand=self.jobs.noticed(request.state.person),
            text=True,
            **words,
        )
        return HTMLResponse(page, status)

    def say_no(self, status: int, message: str) -> HTMLResponse:
        """The page that says why a request was not met."""
        page = self._templates.get_template("refused.html").render(
            path="", token="", in_hand=False, message=message
        )
        return HTMLResponse(page, status)
