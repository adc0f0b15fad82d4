"""A pair as a handout: one self-contained page to print or to project."""

import os
from pathlib import Path

from markupsafe import Markup

from checker import report
from checker.practice import Pair
from checker.report.html import PARTS_CSS, environment
from checker.report.whole_file import replacing

_HERE = Path(__file__).parent
_SHEETS = (Path(report.__file__).with_name(PARTS_CSS), Path(report.__file__).with_name("page.css"))


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
            css=Markup("\n".join(sheet.read_text(encoding="utf-8") for sheet in _SHEETS)),
        )
    )
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")
