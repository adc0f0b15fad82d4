"""Spreadsheets in hand: uploaded, checked row by row, looked at, and forgotten."""

import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, partial

from checker.checking import Checker
from checker.codebook import RecordType
from checker.page import apart
from checker.page.columns import Sheet
from checker.page.lengths import bounded
from checker.page.refused import Refused
from checker.page.turns import Turns
from checker.read.held import HeldFile
from checker.record import Assessment, Failure, Record, Unreadable
from checker.report import jsonl
from checker.report.summary import Summary, summarise
from checker.settings import Settings

MOST_ROWS = 20_000
"""Records of one spreadsheet; more are for `checker check`."""

MOST_JOBS = 20
"""Spreadsheets in hand of all people together."""

MOST_HELD = 600_000_000
"""Bytes of all spreadsheets and results in hand."""

KEPT = 30 * 60
"""Seconds for which results are kept after they were last looked at."""

GRACE = 60
"""Seconds after a page is closed until its results are gone: long enough to go from page to page."""


_FAULT = Failure(kind="corrupt", message="Something went wrong with this row; check it alone.")


class Job:
    """One spreadsheet: from its upload to its results.

    Its results are held as packed lines and unpacked as they are looked at. It is a sequence of them, in the
    spreadsheet's order, as the reports ask.

    Parameters
    ----------
    file : HeldFile
    sheet : Sheet
        Its columns, and the guess at which is which.
    """

    def __init__(self, file: HeldFile, sheet: Sheet):
        self.name = file.name
        self.sheet = sheet
        self.total = 0
        self.started = self.stopped = self.finished = self.cut = False
        self.seen = time.monotonic()
        self.left: float | None = None
        self._file: HeldFile | None = file
        self._lines: dict[int, bytes] = {}
        self._size = len(file.data)
        self._starting = threading.Lock()

    def start(
        self, checker: Checker, turns: Turns, person: str, settings: Settings, kind: RecordType
    ) -> None:
        """Begin to check, in turns with everybody else; `Refused` where the file cannot be read."""
        with self._starting:
            if self.started:
                return
            found = apart.records(self._file, settings, kind)
            first = next(found)
            if isinstance(first, Unreadable):
                raise Refused(400, first.error.message)
            self.total = min(first, MOST_ROWS)
            self.started, self._file = True, None
        feeding = partial(self._feed, found, checker, turns, person)
        threading.Thread(target=feeding, name="feeding", daemon=True).start()

    def _feed(self, found: Iterator, checker: Checker, turns: Turns, person: str) -> None:
        """Put a few rows in line at a time; reading may wait for the file, which a turn must not."""
        rows = 2 * turns.workers
        room = threading.Semaphore(rows)

        def check(number: int, row: Record | Unreadable) -> None:
            try:
                found = bounded(row)
                self._keep(number, found if isinstance(found, Unreadable) else checker.check_record(found))
            except Exception:  # a fault must not end the batch, nor be told in words that quote the row
                self._keep(number, Unreadable(source=row.source, error=_FAULT))
            finally:
                room.release()

        try:
            for number, row in enumerate(found):
                if number == MOST_ROWS:
                    self.cut = True
                    break
                room.acquire()
                if self.stopped:
                    room.release()
                    break
                turns.one_of_many(person, partial(check, number, row))
            for _ in range(rows):
                room.acquire()  # each row in line has had its turn
        finally:
            found.close()
            self.finished = True

    def _keep(self, number: int, result: Assessment | Unreadable) -> None:
        line = zlib.compress(jsonl.line(result), 1)
        self._lines[number] = line
        self._size += len(line)

    def stop(self) -> None:
        """Check no further row; what is done stays."""
        self.stopped = True

    @property
    def done(self) -> int:
        """Rows checked so far."""
        return len(self._lines)

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._size

    @property
    def forgotten(self) -> bool:
        """Whether its time is over."""
        now = time.monotonic()
        return now > self.seen + KEPT or (self.left is not None and now > self.left + GRACE)

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Assessment | Unreadable]:
        return (jsonl.decode(zlib.decompress(self._lines[number])) for number in sorted(self._lines))

    def result(self, number: int) -> Assessment | Unreadable | None:
        """One result by its number, from 1, in the spreadsheet's order."""
        places = self._places
        return (
            jsonl.decode(zlib.decompress(self._lines[places[number - 1]]))
            if 0 < number <= len(places)
            else None
        )

    @cached_property
    def _places(self) -> list[int]:
        return sorted(self._lines)

    @cached_property
    def summary(self) -> Summary:
        """The results at a glance; only once it is finished."""
        return summarise(self)


class Jobs:
    """The spreadsheets in hand, one a person at most."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        threading.Thread(target=self._forget, name="forgetting", daemon=True).start()

    def __len__(self) -> int:
        return len(self._jobs)

    def take(self, person: str, file: HeldFile, sheet: Sheet) -> Job:
        """Take a spreadsheet in hand in place of the person's last; `Refused` where there are too many."""
        self.drop(person)
        jobs = list(self._jobs.values())
        if len(jobs) >= MOST_JOBS or sum(job.size for job in jobs) > MOST_HELD:
            raise Refused(503, "Many spreadsheets are in hand at this moment; try again in half an hour.")
        job = self._jobs[person] = Job(file, sheet)
        return job

    def of(self, person: str) -> Job:
        """The person's spreadsheet; `Refused` where there is none or its time is over."""
        job = self._jobs.get(person)
        if job is None or job.forgotten:
            raise Refused(
                404, "There is no spreadsheet of yours here any more; choose it again under “Check many”."
            )
        job.seen, job.left = time.monotonic(), None
        return job

    def noticed(self, person: str) -> bool:
        """Note that the person looks at any of the pages; whether they have a spreadsheet in hand."""
        if (job := self._jobs.get(person)) is not None:
            job.left = None
        return job is not None

    def leave(self, person: str) -> None:
        """Note that the person closed a page, if only to go to another."""
        if (job := self._jobs.get(person)) is not None:
            job.left = time.monotonic()

    def drop(self, person: str) -> None:
        """Forget the person's spreadsheet at once."""
        if (job := self._jobs.pop(person, None)) is not None:
            job.stop()

    def _forget(self) -> None:
        while True:
            time.sleep(2)
            for person, job in list(self._jobs.items()):
                if job.forgotten:
                    with suppress(KeyError):
                        self.drop(person)
