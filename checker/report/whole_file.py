"""A whole file or none: the old file stays until the new one is complete."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path to write to; when the block ends well, the file there takes the place of `path`.

    The path lies in a folder of its own beside `path`, closed to other users, where a writer may also
    keep what it writes on the way. That folder is gone when the block ends, well or not.

    Parameters
    ----------
    path : path-like
        The file to write.

    Yields
    ------
    pathlib.Path

    Raises
    ------
    OSError
        If the folder of `path` is not there or may not be written to, or the disk is full.
    """
    target = Path(path).resolve()
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".checker-") as folder:
        draft = Path(folder) / target.name
        yield draft
        os.replace(draft, target)
