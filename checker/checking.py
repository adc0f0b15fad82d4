"""The Python twin of `checker check`: a text, a record or many files in, assessments out."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

from checker import rules
from checker.codebook import RecordType
from checker.judge import judge
from checker.label import Labeller
from checker.read import read
from checker.record import Assessment, Model, Record, Unreadable
from checker.segment import segment
from checker.settings import Settings


@cache
def default_model() -> Path:
    """The folder of the model that ships with the package."""
    here = Path(__file__).parent
    packaged = here / "models" / "default"
    return packaged if packaged.is_dir() else here.parent / "models" / "default"


class Checker:
    """Checks supervision records with one model and one set of settings.

    Parameters
    ----------
    model : path, optional
        A model folder; without it the model that ships with the package.
    settings : Settings, optional
        What a council's `checker.toml` says.
    jobs : int, optional
        How many records are read by the model at a time; without it one for each core.

    Raises
    ------
    ModelError
        When the model folder cannot be used.
    ValueError
        When the settings name a rule that does not exist.

    Examples
    --------
    >>> assessment = Checker().check("Seen at school. Happy. No concerns. SW to continue to monitor.")
    >>> assessment.plan.band
    <PlanBand.WEAK: 'weak'>
    >>> assessment.weak
    True
    """

    def __init__(
        self, model: str | Path | None = None, settings: Settings | None = None, jobs: int | None = None
    ):
        self.settings = settings or Settings()
        self.jobs = jobs or available_cores()
        self._labeller = Labeller(model or default_model(), self.jobs)
        rules.check_known(self.settings)
        rules.all_rules()  # read now, while the network opens

    def wait(self) -> None:
        """Wait until the network is open; it opens while the caller goes on. ModelError where it cannot be."""
        self._labeller.wait()

    @property
    def model(self) -> Model:
        """Name, version and hash of the model in use."""
        return self._labeller.model

    def check(
        self, text: str, record_type: RecordType | str = RecordType.CASE, id: str = "note"
    ) -> Assessment:
        """Assess one text.

        Parameters
        ----------
        text : str
        record_type : RecordType or str
        id : str
            What the assessment calls it.

        Returns
        -------
        Assessment
        """
        return self.check_record(Record(text=text, id=id, source="", record_type=RecordType(record_type)))

    def check_record(self, record: Record) -> Assessment:
        """Assess one record as read."""
        labelling = self._labeller.label(segment(record.text))
        assessment = judge(record, labelling, self.model, self._labeller.config.calibration.bands)
        return rules.ask(assessment, self.settings)

    def check_files(
        self, paths: Iterable[str | Path], record_type: RecordType | None = None
    ) -> Iterator[Assessment | Unreadable]:
        """Assess every record in files, folders and globs.

        Parameters
        ----------
        paths : iterable of path
            ``"-"`` is standard input.
        record_type : RecordType, optional
            For records whose source does not say.

        Yields
        ------
        Assessment or Unreadable
            In input order; an input that cannot be read never stops the others.
        """
        return self.check_records(read(paths, self.settings, record_type))

    def check_records(self, records: Iterable[Record | Unreadable]) -> Iterator[Assessment | Unreadable]:
        """Assess records as they come, several at a time, in order; `Unreadable` ones pass through."""
        with ThreadPoolExecutor(self.jobs) as pool:
            waiting: deque[Future[Assessment] | Unreadable] = deque()
            try:
                for record in records:
                    unreadable = isinstance(record, Unreadable)
                    waiting.append(record if unreadable else pool.submit(self.check_record, record))
                    while len(waiting) > 4 * self.jobs:  # enough to keep every core busy, and no more
                        yield _settled(waiting.popleft())
                while waiting:
                    yield _settled(waiting.popleft())
            finally:  # the caller stopped early: what has not begun never does
                pool.shutdown(wait=False, cancel_futures=True)


def _settled(result: Future[Assessment] | Unreadable) -> Assessment | Unreadable:
    return result.result() if isinstance(result, Future) else result


def available_cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Windows and macOS
        return os.cpu_count() or 1
