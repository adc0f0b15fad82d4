"""The report: one self-contained page with every share, and each chart beside its table."""

import base64
import os
from pathlib import Path

from checker.estimation.charts import charts
from checker.estimation.figures import Estimates
from checker.estimation.words import THREE_WAYS, WAYS, cells, of_groups
from checker.report import html
from checker.report.whole_file import replacing

_HERE = Path(__file__).parent


def write(estimates: Estimates, path: str | os.PathLike[str]) -> None:
    """Write the page.

    Parameters
    ----------
    estimates : Estimates
    path : path-like
        Replaced only once the page is complete.

    Raises
    ------
    OSError
        If the page cannot be written there.
    """
    page = (
        html.environment(_HERE)
        .get_template("estimates.html")
        .render(
            cells=cells,
            charts=[(chart, base64.b64encode(chart.image("svg")).decode()) for chart in charts(estimates)],
            css=html.styles(_HERE / "estimates.css"),
            estimates=estimates,
            models=estimates.models,
            grouped_by=of_groups(estimates) if estimates.by else "",
            three_ways=THREE_WAYS,
            ways=WAYS,
        )
    )
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")
