"""Charts of the shares: teams by month, bands over time, and a funnel in place of a league table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec

from checker.codebook import PlanBand, ReflectionBand
from checker.estimation.estimators import ENOUGH_AUDITED
from checker.estimation.figures import FEWEST_RECORDS, FEWEST_WORKERS, Estimates, Figure, Group
from checker.estimation.funnel import (
    ALARM,
    ALERT,
    IN_WORDS,
    NOT_AUDITED,
    WITHIN,
    against_chance,
    funnel_limits,
)
from checker.estimation.measures import WEAK, Kind, Measure
from checker.estimation.words import THREE_WAYS, cells, in_words
from checker.report.words import count, shortened

_TOGETHER = {"color": "#0b4f9e", "marker": "o"}
_ALONE = {"color": "#8a4b00", "marker": "s"}
_TOOL = {"color": "#595959", "marker": "D", "markerfacecolor": "white", "linestyle": "none"}
_KEY = (
    (_TOGETHER, "auditors and tool together, with 95% interval"),
    (_ALONE, f"auditors alone, with 95% interval (fewer than {ENOUGH_AUDITED} audited)"),
    (_TOOL, "the tool's own share, uncorrected"),
)
_ACROSS = 4


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart with all that somebody who cannot see it needs.

    Attributes
    ----------
    name : str
        For its files.
    title : str
    says : str
        What it shows, in words; its text alternative.
    columns : tuple of str
    rows : tuple of tuple of str
        The same as a table, in order of name and month.
    drawn : matplotlib.figure.Figure
    """

    name: str
    title: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    drawn: Any

    def image(self, form: str) -> bytes:
        """The picture as ``"svg"`` or ``"png"``; the same figures give the same bytes."""
        from matplotlib import rc_context

        stream = BytesIO()
        about = {"Title": self.title, "Description": self.says}
        with rc_context({"svg.hashsalt": self.name}):
            self.drawn.savefig(
                stream, format=form, dpi=150, metadata=about | {"Date": None} if form == "svg" else about
            )
        return stream.getvalue()


def charts(estimates: Estimates) -> Iterator[Chart]:
    """Draw every chart that the records allow: by month where they are dated, by team where they name teams."""
    if any(group.is_shown and _is_dated(group) for group in estimates.team_months):
        yield _teams_by_month(estimates)
    if any(group.is_shown and _is_dated(group) for group in estimates.months):
        yield _bands_over_time(estimates)
    if any(group.is_shown and group.figure(WEAK).alone for group in estimates.teams):
        yield _funnel(estimates)


def write(drawn: Iterable[Chart], folder: Path) -> None:
    """Write each chart into a folder as PNG and as SVG.

    Raises
    ------
    OSError
        Where they cannot be written there.
    """
    folder.mkdir(exist_ok=True)
    for chart in drawn:
        for form in ("png", "svg"):
            (folder / f"{chart.name}.{form}").write_bytes(chart.image(form))


def _teams_by_month(estimates: Estimates) -> Chart:
    dated = [group for group in estimates.team_months if _is_dated(group)]
    teams = sorted({group.names[0] for group in dated if group.is_shown}, key=str.casefold)
    shown = {team: [group for group in dated if group.names[0] == team] for team in teams}
    drawn, axes = _grid(len(teams))
    for axis, (team, groups) in zip(axes, shown.items(), strict=False):
        _over_months(axis, groups, lambda group: group.figure(WEAK), estimates.months)
        axis.set_title(shortened(team, 28), fontsize=10, loc="left", parse_math=False)
    _finish(drawn, "Weak records by team and month")
    return Chart(
        name="team-by-month",
        title="Weak records by team and month",
        says=(
            f"Share of weak records in each month, a panel for each of {count(len(teams), 'team')}, in order of "
            f"name: {_range_of([group.figure(WEAK) for group in dated if group.is_shown])}. A month of fewer than "
            f"{FEWEST_RECORDS} records or {FEWEST_WORKERS} workers is left empty."
        ),
        columns=("Team", "Month", "Records", *THREE_WAYS),
        rows=tuple(
            (*group.names, f"{group.records:,}", *cells(group, WEAK)) for group in estimates.team_months
        ),
        drawn=drawn,
    )


def _bands_over_time(estimates: Estimates) -> Chart:
    measures = [Measure(Kind.REFLECTION, band) for band in ReflectionBand]
    measures += [Measure(Kind.PLAN, band) for band in PlanBand]
    months = [group for group in estimates.months if _is_dated(group)]
    drawn, axes = _grid(len(measures), across=len(ReflectionBand))
    for axis, measure in zip(axes, measures, strict=False):
        _over_months(axis, months, lambda group, measure=measure: group.figure(measure), estimates.months)
        axis.set_title(measure.title, fontsize=10, loc="left")
    _finish(drawn, "Bands over time")
    figures = [(group, measure) for group in estimates.months for measure in measures]
    return Chart(
        name="bands-over-time",
        title="Bands over time",
        says=(
            "Share of records in each reflection band and each plan band, month by month, a panel for each band. "
            "Lowest to highest month: "
            + "; ".join(
                f"{measure.title.lower()}, {_range_of([g.figure(measure) for g in months if g.is_shown])}"
                for measure in measures
            )
            + "."
        ),
        columns=("Month", "Band", "Records", *THREE_WAYS),
        rows=tuple(
            (*group.names, measure.title, f"{group.records:,}", *cells(group, measure))
            for group, measure in figures
        ),
        drawn=drawn,
    )


def _funnel(estimates: Estimates) -> Chart:
    from matplotlib.figure import Figure as Drawing

    target = estimates.overall.figure(WEAK).alone.share
    numbered = [
        (number, group, group.figure(WEAK))
        for number, group in enumerate((g for g in estimates.teams if g.is_shown), 1)
    ]
    most = max(figure.audited for _, _, figure in numbered)
    drawn = Drawing(figsize=(9, 5.5), layout="constrained")
    axis = drawn.subplots()
    sizes = range(1, round(most * 1.15) + 2)
    if 0 < target < 1:
        for level, line in ((ALERT, "--"), (ALARM, ":")):
            limits = [funnel_limits(target, size, level) for size in sizes]
            for ends in ([limit.low for limit in limits], [limit.high for limit in limits]):
                axis.plot(sizes, ends, line, color="#1b1b1b", linewidth=1.2)
                axis.annotate(f" {IN_WORDS[level]}", (sizes[-1], ends[-1]), fontsize=8, va="center")
    axis.axhline(target, color="#1b1b1b", linewidth=1)
    axis.annotate(" all", (sizes[-1], target), fontsize=8, va="center")
    places: dict[tuple, list[int]] = {}
    for number, _, figure in numbered:
        if figure.alone:
            places.setdefault((figure.audited, round(figure.alone.share, 3)), []).append(number)
    for (audited, share), numbers in places.items():  # teams at one place share one mark
        axis.plot(audited, share, linestyle="none", **_ALONE)
        axis.annotate(
            ", ".join(map(str, numbers)), (audited, share), (5, 4), textcoords="offset points", fontsize=9
        )
    axis.set(xlabel="Notes of the team that were audited", xlim=(0, sizes[-1]), **_PER_CENT)
    axis.set_title("Weak records by team: what chance alone explains", loc="left", fontsize=12)
    _plain_frame(axis)
    rows = []
    for number, group, figure in numbered:
        where = against_chance(figure, target)
        rows.append(
            (
                str(number),
                *group.names,
                f"{group.records:,}",
                f"{figure.audited:,}",
                in_words(figure.alone),
                where,
            )
        )
    outside = [f"{row[1]} ({row[-1]})" for row in rows if row[-1] not in (WITHIN, NOT_AUDITED)]
    return Chart(
        name="funnel",
        title="Weak records by team: what chance alone explains",
        says=(
            f"Each team's share of weak records among its audited notes, against how many were audited. The line "
            f"across is the share of all records, {target:.0%}; the funnel round it shows where teams fall by chance "
            f"when they do not differ: 19 in 20 between the dashed lines, 998 in 1,000 between the dotted ones. "
            + (f"Outside: {', '.join(outside)}." if outside else "No team lies outside.")
        ),
        columns=("No.", "Team", "Records", "Audited", "Auditors", "Against chance"),
        rows=tuple(rows),
        drawn=drawn,
    )


def _is_dated(group: Group) -> bool:
    return group.names[-1][:4].isdigit()


def _month(group: Group) -> int:
    year, month = map(int, group.names[-1].split("-"))
    return 12 * year + month - 1


def _over_months(
    axis: Any, groups: Sequence[Group], of: Callable[[Group], Figure], months: Sequence[Group]
) -> None:
    for group in groups:
        if not group.is_shown:
            continue
        figure, at = of(group), _month(group)
        axis.plot(at + 0.14, figure.tool, markersize=4, **_TOOL)
        if figure.best:
            low, high = figure.best.interval.low, figure.best.interval.high
            style = _TOGETHER if figure.powered else _ALONE
            axis.plot([at - 0.14] * 2, [low, high], color=style["color"], linewidth=1.6)
            axis.plot(at - 0.14, figure.best.share, markersize=5, **style)
    every = sorted(_month(group) for group in months if _is_dated(group))
    span = range(every[0], every[-1] + 1)
    ticks = span[:: -(-len(span) // 6)]
    axis.set(xlim=(span[0] - 0.6, span[-1] + 0.6), **_PER_CENT)
    axis.set_xticks(ticks, [f"{_SHORT[tick % 12]}\n{tick // 12}" for tick in ticks], fontsize=8)
    axis.tick_params(axis="y", labelsize=8)
    _plain_frame(axis)


_SHORT = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_PER_CENT = {
    "ylim": (-0.05, 1.05),
    "yticks": [0, 0.25, 0.5, 0.75, 1],
    "yticklabels": ["0%", "25%", "50%", "75%", "100%"],
}


def _grid(panels: int, across: int = _ACROSS) -> tuple[Any, list]:
    from matplotlib.figure import Figure as Drawing

    across = min(across, panels)
    down = -(-panels // across)
    drawn = Drawing(figsize=(max(2.5 * across, 8), 2.2 * down + 1.3), layout="constrained")
    axes = list(drawn.subplots(down, across, squeeze=False, sharey=True).flat)
    for axis in axes[panels:]:
        axis.remove()
    return drawn, axes[:panels]


def _finish(drawn: Any, title: str) -> None:
    from matplotlib.lines import Line2D

    drawn.suptitle(title, fontsize=13, x=0.01, ha="left")
    lines = [Line2D([], [], **({"linewidth": 1.6} | style)) for style, _ in _KEY]
    drawn.legend(
        lines, [words for _, words in _KEY], loc="outside lower left", fontsize=8, frameon=False, ncols=1
    )


def _plain_frame(axis: Any) -> None:
    axis.grid(axis="y", color="#d5dbe1", linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)


def _range_of(figures: Sequence[Figure]) -> str:
    """The lowest and the highest share, without saying whose they are."""
    shares = [figure.best.share for figure in figures if figure.best]
    return f"{min(shares):.0%} to {max(shares):.0%}" if shares else "nothing audited"
