"""How a share is put before a reader, the same in every report."""

from checker.estimation.estimators import ENOUGH_AUDITED, Share
from checker.estimation.figures import Estimates, Group
from checker.estimation.measures import Measure

THREE_WAYS = ("Audited", "Auditors", "Auditors and tool", "Tool")
"""The columns that `cells` fills."""

WAYS = (
    "Auditors: what the audited records say of all records, with its 95% interval.",
    "Auditors and tool: the tool's count of all records, corrected by the errors that the auditors found, with its "
    f"95% interval; the figure to quote. It needs {ENOUGH_AUDITED} audited records, and holds however often the tool "
    "is wrong.",
    "Tool: the tool's count, uncorrected. It has no interval, because its errors do not shrink with "
    "more records; do not quote it.",
)
"""What the columns mean, in sentences."""

NOT_SHOWN = "too few to show"


def in_words(share: Share | None) -> str:
    """A share with its interval, or a dash.

    Examples
    --------
    >>> from checker.sampling.size import Interval
    >>> in_words(Share(0.464, Interval(0.391, 0.545)))
    '46% (39% to 55%)'
    """
    return f"{share.share:.0%} ({share.interval})" if share else "–"


def cells(group: Group, measure: Measure) -> tuple[str, str, str, str]:
    """A group's figure of one measure in the columns `THREE_WAYS`."""
    if not group.is_shown:
        return ("", NOT_SHOWN, "", "")
    figure = group.figure(measure)
    return (f"{figure.audited:,}", in_words(figure.alone), in_words(figure.powered), f"{figure.tool:.0%}")


def of_groups(estimates: Estimates) -> str:
    """What the groups are, such as ``"record type"``."""
    return estimates.by.replace("-", " ")
