"""The queue in which everyone's notes are checked: one turn each, round and round.

A turn is the check of one record. Whoever has thousands waiting gets one turn, then everybody else who
waits gets one, so that a spreadsheet delays a single note by no more than the records in hand.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Condition, Thread
from typing import TypeVar

MOST_WAITING = 400
"""Single notes that may wait, of all people together."""

MOST_WAITING_EACH = 8
"""Single notes of one person that may wait."""

T = TypeVar("T")


class Busy(Exception):
    """Too much is waiting already."""


class Turns:
    """Worker threads that take turns from people's lines.

    Parameters
    ----------
    workers : int
        Records checked at a time.
    """

    def __init__(self, workers: int):
        self.workers = workers
        self._lines: dict[str, deque[tuple[Callable, Future]]] = {}  # its order is the order of turns
        self._singles = 0
        self._changed = Condition()
        for number in range(workers):
            Thread(target=self._work, name=f"turns-{number}", daemon=True).start()

    def single(self, person: str, work: Callable[[], T]) -> "Future[T]":
        """Queue one note; `Busy` where too many wait already."""
        with self._changed:
            line = self._lines.get(person, ())
            if self._singles >= MOST_WAITING or len(line) >= MOST_WAITING_EACH:
                raise Busy
            self._singles += 1
            future = self._put(person, work)
        future.add_done_callback(self._single_done)
        return future

    def one_of_many(self, person: str, work: Callable[[], T]) -> "Future[T]":
        """Queue one turn of a longer job, which asks for its next turn when it has had this one."""
        with self._changed:
            return self._put(person, work)

    def _put(self, person: str, work: Callable) -> Future:
        future: Future = Future()
        self._lines.setdefault(person, deque()).append((work, future))
        self._changed.notify()
        return future

    def _single_done(self, future: Future) -> None:
        with self._changed:
            self._singles -= 1

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._lines:
                    self._changed.wait()
                person = next(iter(self._lines))
                line = self._lines.pop(person)
                work, future = line.popleft()
                if line:
                    self._lines[person] = line  # to the end of the round
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:
                    future.set_exception(error)
            del work, future  # else the note would stay in memory until the next one comes
