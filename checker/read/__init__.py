"""The door: files, folders, tables and standard input become records, one after the other.

An input is only ever opened for reading. What cannot be read becomes an `Unreadable` with one
sentence, and the batch goes on.
"""

import codecs
import contextlib
import glob
import math
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from checker.codebook import RecordType
from checker.read.columns import count_table, read_table
from checker.read.held import HeldFile
from checker.read.problem import CannotRead
from checker.read.table import SUFFIXES as TABLES
from checker.record import Failure, Record, Unreadable
from checker.settings import FILE_NAME, BadSettings, Settings, load

STANDARD_INPUT = "-"
"""The input that stands for one plain-text record on standard input."""

LARGEST_FILE = 50_000_000
"""Bytes of a file that holds one record; a long note with pictures has a tenth of this."""

_OFFICE = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTENTS = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"PAR1", "a Parquet table"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (_OFFICE, "an Office document or a zip file"),
    (_OLD_OFFICE, "an old or protected Office document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_OWN = {
    ".docx": (_OFFICE, _OLD_OFFICE),  # the Word reader has its own sentences for old and protected files
    ".pdf": (b"%PDF-",),
    ".rtf": (b"{\\rtf",),
}
_SKIPPED = frozenset(
    {FILE_NAME, "thumbs.db", "desktop.ini", "_success"}
)  # the last stands in Spark's folders

Reader = Callable[[bytes, str], str]


def read(
    inputs: Iterable[str | Path], settings: Settings, record_type: RecordType | None = None
) -> Iterator[Record | Unreadable]:
    """Read every record of the inputs.

    Parameters
    ----------
    inputs : iterable of str or pathlib.Path
        Files, folders (with all that is in them, by name; hidden files, Office lock files, `checker.toml`
        and READMEs are passed over), patterns such as ``notes/*.docx``, and ``-`` for standard input.
        A file that is named twice is read once.
    settings : Settings
        What a table's columns are called. A folder inside a given folder may hold a `checker.toml` of its
        own, which then says this for the tables below it.
    record_type : RecordType, optional
        The type of records that do not say theirs; a case record otherwise.

    Yields
    ------
    Record or Unreadable
        In the order of the inputs; one for a file, or one for a row (or form) of a table.

    Examples
    --------
    >>> [failure.error.kind for failure in read(["no-such-note.docx"], Settings())]
    ['missing']
    """
    for found in files(inputs, settings):
        if isinstance(found, Unreadable):
            yield found
            continue
        path, settings_here = found
        yield from read_file(path, settings_here, record_type)


def read_file(
    path: Path | HeldFile,
    settings: Settings,
    record_type: RecordType | None = None,
    source: str | None = None,
) -> Iterator[Record | Unreadable]:
    """Read every record of one file, on a disk or held in memory.

    Parameters
    ----------
    path : pathlib.Path or HeldFile
        In memory, of any kind but Parquet, whose library opens files by their names alone.
    settings, record_type
        As for `read`.
    source : str, optional
        What records and messages call the file; its path otherwise.

    Yields
    ------
    Record or Unreadable
    """
    source = str(path) if source is None else source
    try:
        if path.suffix.lower() in TABLES:
            _check_file(path, source)
            yield from read_table(path, source, settings, record_type)
        else:
            yield _one_record(path, source, record_type or RecordType.CASE)
    except CannotRead as problem:
        yield _unreadable(source, problem.kind, problem.message)
    except PermissionError:
        yield _unreadable(
            source, "no_permission", f"{source} may not be opened; ask for permission to read it."
        )
    except OSError:
        yield _unreadable(
            source, "corrupt", f"{source} cannot be read from its disk or share; copy it again."
        )
    except Exception:
        # No file, however damaged, may stop the batch: readers rest on libraries that raise anything.
        yield _unreadable(
            source, "corrupt", f"{source} cannot be read and may be damaged; open it and save it again."
        )


def count(inputs: Iterable[str | Path], settings: Settings) -> int:
    """Count the records that `read` will give, for a progress bar; tables are read once for it.

    Parameters
    ----------
    inputs, settings
        As for `read`.

    Returns
    -------
    int
        Unreadable files and rows included; short of it where a table turns out damaged.
    """
    total = 0
    for found in files(inputs, settings):
        if isinstance(found, Unreadable) or found[0].suffix.lower() not in TABLES:
            total += 1
            continue
        path, settings_here = found
        # Whatever is wrong with the table is said by `read`.
        with contextlib.suppress(Exception):
            total += count_table(path, settings_here)
    return total


def _unreadable(source: str, kind: str, message: str) -> Unreadable:
    return Unreadable(source=source, error=Failure(kind=kind, message=message))


def files(inputs: Iterable[str | Path], settings: Settings) -> Iterator[tuple[Path, Settings] | Unreadable]:
    """Every file that `read` reads, once, each with the settings for its columns, in a fixed order."""
    done: set[str] = set()
    for given in map(str, inputs):
        for found in _found(given, settings):
            if not isinstance(found, Unreadable):
                real = os.path.realpath(found[0])
                if real in done:
                    continue
                done.add(real)
            yield found


def _found(given: str, settings: Settings) -> Iterator[tuple[Path, Settings] | Unreadable]:
    """The files that one input stands for."""
    path = Path(given)
    if given == STANDARD_INPUT:
        yield path, settings
        return
    if not given:
        yield _unreadable(given, "missing", "One of the names given is empty; give a file or a folder.")
        return
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except PermissionError:
        is_folder = False  # opening it will say so
    except (OSError, ValueError):
        # A name that is there is never taken for a pattern: "note [1].docx" is a name.
        is_pattern = glob.has_magic(given) and "\0" not in given
        matches = sorted(glob.glob(given, recursive=True)) if is_pattern else []
        for match in map(Path, matches):
            if match.is_dir():
                yield from _folder(match, settings)
            elif not _is_passed_over(match.name):
                yield match, settings
        if not matches:
            yield _unreadable(given, "missing", f"{given} is not there; check the name and the folder.")
        return
    if is_folder:
        yield from _folder(path, settings)
    else:
        yield path, settings


def _folder(folder: Path, settings: Settings) -> Iterator[tuple[Path, Settings] | Unreadable]:
    """A folder's files, then those of the folders in it, both by name."""
    empty = True
    here = {str(folder): settings}
    closed: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        own = here.pop(place, settings)
        if place != str(folder) and FILE_NAME in names:
            try:
                own = load(Path(place, FILE_NAME))
            except BadSettings as mistake:
                empty = False
                yield _unreadable(str(Path(place, FILE_NAME)), "wrong_settings", str(mistake))
                folders.clear()
                continue
        here |= {str(Path(place, name)): own for name in folders}
        for name in sorted(names):
            if not _is_passed_over(name):
                empty = False
                yield Path(place, name), own
    for error in closed:
        name = str(error.filename)
        yield _unreadable(name, "no_permission", f"{name} may not be opened; ask for permission to read it.")
    if empty and not closed:
        yield _unreadable(
            str(folder), "empty", f"{folder} holds no file to read; check that it is the right folder."
        )


def _is_passed_over(name: str) -> bool:
    """Whether a file lies among records without being one."""
    return name.startswith((".", "~$")) or name.lower() in _SKIPPED or Path(name).stem.lower() == "readme"


def _check_file(path: Path | HeldFile, source: str, largest: float = math.inf) -> None:
    """Refuse what is no plain file, an empty one and one too large (in bytes), before opening it."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise CannotRead("wrong_type", f"{source} is not a file; give a file or a folder of files.")
    if status.st_size == 0:
        raise CannotRead("empty", f"{source} is empty (0 bytes); check that it was saved or copied whole.")
    if status.st_size > largest:
        raise CannotRead(
            "too_large",
            f"{source} is too large for one record ({status.st_size // 1_000_000} MB); save the note alone.",
        )


def _one_record(path: Path | HeldFile, source: str, record_type: RecordType) -> Record:
    is_standard_input = path == Path(STANDARD_INPUT)
    if is_standard_input:
        reader, name = _reader(".txt"), "standard input"
        data = sys.stdin.buffer.read(LARGEST_FILE)
    else:
        reader, name = _reader(path.suffix.lower()), source
        if reader is None:
            ending = f"is a {path.suffix} file" if path.suffix else "has no ending to its name"
            raise CannotRead(
                "wrong_type",
                f"{source} {ending}, which cannot be read; save a note as text, Word or PDF, a table as Excel or CSV.",
            )
        _check_file(path, source, LARGEST_FILE)
        data = path.read_bytes()
    _check_contents(path.suffix.lower(), data[:4096], name)
    text = reader(data, name)
    if not any(character.isalnum() for character in text):
        raise CannotRead("empty", f"{name} has no words in it; check that the right file was saved.")
    return Record(
        text=text, id=name if is_standard_input else path.stem, source=source, record_type=record_type
    )


def _check_contents(suffix: str, head: bytes, name: str) -> None:
    """Refuse a file that holds another kind of thing than its name says."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, what in _CONTENTS:
        # A note may begin with "MZ"; a program has zero bytes too.
        is_sure = len(mark) > 2 or b"\0" in head
        if is_sure and start.startswith(mark) and mark not in _OWN.get(suffix, ()):
            raise CannotRead(
                "wrong_type",
                f"{name} holds {what}, not what its name says; give it its right ending, or save it again.",
            )


def _reader(suffix: str) -> Reader | None:
    """The reader for a suffix, imported only now: most are heavy, and a run needs one or two."""
    match suffix:
        case ".txt" | ".md":
            from checker.read.plain import read_plain as reader
        case ".docx":
            from checker.read.docx import read_docx as reader
        case ".pdf":
            from checker.read.pdf import read_pdf as reader
        case ".rtf":
            from checker.read.markup import read_rtf as reader
        case ".html" | ".htm":
            from checker.read.markup import read_html as reader
        case ".eml":
            from checker.read.email import read_email as reader
        case _:
            return None
    return reader
