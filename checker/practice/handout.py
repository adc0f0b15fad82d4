"""A pair as a handout: one self-contained page to print or to project."""

import os
from pathlib import Path

from checker.practice import Pair
from checker.report.html import environment, styles
from checker.report.whole_file import replacing

_HERE = Path(__file__).parent


def write(pair: Pair, path: str | os.PathLike[str]) -> None:
    """Write the handout.

    Parameters
    ----------
    pair : Pair
    path : path-like
        Replaced only once the page is complete.

    Raises
    ------
    OSError
        If the page cannot be written there.
    """
    page = (
        environment(_HERE)
        .get_template("handout.html")
        .render(
            pair=pair,
            sides={"The weak record": pair.weak, "The good record": pair.good},
            css=styles(_HERE / "handout.css"),
        )
    )
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")
